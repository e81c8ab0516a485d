import { WaveService } from '../../../src/wave/wave.service.js';
import { type Field, inTheField, type Instance, oneMoreInstance } from '../../make/field.js';
import { Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';
import { anna } from '../../make/actors.js';

const PAGE = { accept: 'text/html' };
const HTTPS = 'https://panel.synthetic.example';

let field: Field;
let overHttps: Instance;
beforeAll(async () => {
  field = await inTheField([{}, {}, {}, {}, {}, {}, {}, { locale: 'en' }, {}, {}]);
  overHttps = await oneMoreInstance(field, { publicUrl: HTTPS, role: 'web' });
});
afterAll(async () => {
  await overHttps.close();
  await field.close();
});

const visitor = () => new Visitor(field.config.publicUrl);
const caseOf = async (person: number) => {
  const [found] = await field.rows<{ state: string; locale: string; events: string[] }>(
    `SELECT state, locale, ARRAY(SELECT event FROM case_event e WHERE e.member_id = c.member_id ORDER BY seq) AS events
     FROM issued_case c WHERE member_id = $1`,
    [field.members[person]],
  );
  return found;
};

describe('a good link', () => {
  it('opens a session and notes that the case was opened, once', async () => {
    const browser = visitor();
    const opened = await browser.open({ token: await field.tokenOf(0), locale: 'ru' });
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/respond/?lang=ru']);
    expect((await browser.interview()).status).toBe(200);
    await field.visit(0);
    expect(await caseOf(0)).toMatchObject({ state: 'opened', events: ['issue', 'invite', 'open'] });
  });

  it('may be pasted whole, with what a mail program puts around it', async () => {
    const token = await field.tokenOf(1);
    for (const link of [
      token,
      `${field.config.publicUrl}/go/nrd/a/ru#${token}`,
      `  <${field.config.publicUrl}/go/nrd/a/ru#${token}>. `,
    ])
      expect((await visitor().open({ token: '', link })).status).toBe(303);
  });

  it('is opened by nothing but a post: start page and link scanners change nothing', async () => {
    const token = await field.tokenOf(2);
    for (const path of ['/go/nrd/a/ru', `/go/nrd/a/ru?token=${token}`, `/respond/session?token=${token}`])
      await visitor().ask(path);
    expect(await caseOf(2)).toMatchObject({ state: 'invited' });
  });

  it('keeps the session of a browser that has one for the case, and with it the sight of its answers', async () => {
    const browser = await field.visit(3);
    await browser.save(0, { consent_take_part: 'yes' });
    const again = await browser.open({ token: await field.tokenOf(3) });
    expect(again.status).toBe(303);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect((await browser.interview()).json['answers']).toMatchObject({ consent_take_part: 'yes' });
  });

  it('begins a new session where the browser holds one of another person', async () => {
    const browser = await field.visit(3);
    const before = browser.cookie;
    await browser.open({ token: await field.tokenOf(4) });
    expect(browser.cookie).not.toBe(before);
    expect((await browser.interview()).json).toMatchObject({ fresh: true, answers: {} });
  });

  it('opens in the language of the page that it was opened on, and in no language that the study lacks', async () => {
    const browser = await field.visit(4, 'en');
    expect((await browser.interview()).json).toMatchObject({ locale: 'en', locales: ['ru', 'en'] });
    await visitor().open({ token: await field.tokenOf(4), locale: 'fr' });
    expect(await caseOf(4)).toMatchObject({ locale: 'en' });
  });
});

describe('the cookie', () => {
  it('is HttpOnly and Lax, and on this machine alone not Secure', async () => {
    const [cookie] = (await visitor().open({ token: await field.tokenOf(5) })).headers.getSetCookie();
    expect(cookie).toMatch(
      /^onward-local=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3888000$/,
    );
  });

  it('is a Secure __Host- cookie over https, and no other is taken', async () => {
    const browser = new Visitor(overHttps.url);
    const opened = await browser.open({ token: await field.tokenOf(5) });
    const [cookie = ''] = opened.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-onward=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3888000; Secure$/,
    );
    expect(opened.headers.get('strict-transport-security')).toContain('max-age=');
    expect((await browser.interview()).status).toBe(200);
    browser.cookie = browser.cookie?.replace('__Host-onward', 'onward-local');
    expect((await browser.interview()).status).toBe(401);
  });

  it('is kept as a hash only, and lapses', async () => {
    const browser = await field.visit(5);
    const token = browser.cookie?.split('=')[1] ?? '';
    const [stored] = await field.rows<{ found: number }>(
      `SELECT count(*)::int AS found FROM respondent_session WHERE token_hash = sha256(convert_to($1, 'UTF8'))`,
      [token],
    );
    expect(stored?.found).toBe(1);
    await field.rows(`UPDATE respondent_session SET expires_on = '2026-03-01' WHERE member_id = $1`, [
      field.members[5],
    ]);
    expect((await browser.interview()).json).toMatchObject({ status: 401, code: 'access.no_session' });
  });
});

it('a case keeps the version of the questionnaire that it was opened with', async () => {
  await field.visit(7);
  const [at] = await field.rows<{ kept: boolean }>(
    `SELECT c.questionnaire_id = w.questionnaire_id AS kept FROM issued_case c JOIN wave w ON w.id = c.wave_id
     WHERE c.member_id = $1`,
    [field.members[7]],
  );
  expect(at).toEqual({ kept: true });
});

describe('foreign requests', () => {
  it('are refused: without our header, or from another site', async () => {
    const browser = await field.visit(6);
    const body = { saveId: crypto.randomUUID(), base: 0, answers: {}, page: 'p', reached: 'p', locale: 'ru' };
    const foreign: Record<string, string>[] = [
      { 'x-onward': '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign)
      for (const path of ['revisions', 'submission', 'away'])
        expect((await browser.post(path, body, headers)).json).toMatchObject({
          status: 403,
          code: 'access.foreign_request',
        });
    expect((await browser.interview()).json['revision']).toBe(0);
  });

  it('are refused where they would open a session in someone else’s browser', async () => {
    const reply = await visitor().ask('/respond/session', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ token: 'x'.repeat(43), locale: 'en' }),
    });
    expect(reply.json).toMatchObject({ status: 403, code: 'access.foreign_request' });
  });

  it('are refused without a session', async () => {
    for (const path of ['revisions', 'submission', 'away'])
      expect((await visitor().post(path, {})).json).toMatchObject({ status: 401, code: 'access.no_session' });
    expect((await visitor().interview()).json).toMatchObject({ status: 401, code: 'access.no_session' });
  });
});

it('the quick exit ends the session on the server and takes the cookie away', async () => {
  const browser = await field.visit(6);
  const left = await browser.post('away', {});
  expect(left.status).toBe(204);
  expect(left.headers.get('set-cookie')).toMatch(/^onward-local=; Path=\/; .*Max-Age=0$/);
  expect((await browser.interview()).status).toBe(401);
  expect((await (await field.visit(6)).interview()).status).toBe(200);
});

describe('a link that does not open', () => {
  const turnedAway = async (form: Record<string, string>, status: number, code: string, words: string) => {
    const asJson = await visitor().open(form);
    expect(asJson.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect([asJson.status, asJson.json]).toMatchObject([
      status,
      { status, code, type: `urn:onward:problem:${code}` },
    ]);
    const asPage = await visitor().open(form, PAGE);
    expect(asPage.headers.get('content-type')).toMatch(/^text\/html/);
    expect(asPage.status).toBe(status);
    expect(asPage.text).toContain(words);
    for (const reply of [asJson, asPage]) {
      expect(reply.headers.getSetCookie()).toEqual([]);
      expect(reply.headers.get('cache-control')).toBe('no-store');
    }
  };

  it('says so, and lets another be pasted', async () => {
    const token = await field.tokenOf(0);
    for (const bad of [
      '',
      'x',
      token.slice(1),
      `${token}x`,
      token.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
    ])
      await turnedAway({ token: bad }, 404, 'access.link_unknown', 'Эта ссылка не открылась');
    expect((await visitor().open({ token: 'x' }, PAGE)).text).toContain('name="link"');
  });

  it('has been revoked', async () => {
    const token = await field.tokenOf(9);
    await field.rows('UPDATE personal_link SET revoked = true WHERE member_id = $1', [field.members[9]]);
    await turnedAway({ token }, 404, 'access.link_unknown', 'Эта ссылка не открылась');
  });

  it('belongs to a finished case', async () => {
    const browser = await field.visit(7);
    expect((await browser.submit(0, completeAnswers(1))).status).toBe(201);
    const token = await field.tokenOf(7);
    await turnedAway({ token }, 409, 'response.already_submitted', 'Вы уже ответили');
    expect((await browser.interview()).json['code']).toBe('response.already_submitted');
  });

  it('belongs to someone who left the study', async () => {
    const browser = await field.visit(8);
    await field.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [field.members[8]]);
    const token = await field.tokenOf(8);
    await turnedAway({ token }, 410, 'response.case_withdrawn', 'Вы вышли из исследования');
    expect((await browser.interview()).json['code']).toBe('response.case_withdrawn');
    expect((await browser.save(0, {})).json['code']).toBe('response.case_withdrawn');
    expect((await browser.submit(0, completeAnswers(1))).json['code']).toBe('response.case_withdrawn');
  });

  describe('because the wave has closed', () => {
    beforeAll(async () => {
      const begun = await field.visit(1);
      expect((await begun.save(0, completeAnswers(2), { reached: 'p_last_word' })).status).toBe(201);
      await field.services(WaveService).close('nrd-a', anna);
    });

    it('for those who did nothing and for those who had begun', async () => {
      for (const person of [0, 1])
        await turnedAway(
          { token: await field.tokenOf(person) },
          410,
          'wave.closed',
          'Приём ответов завершён',
        );
    });

    it('but one who had finished is told that they have', async () => {
      const token = await field.tokenOf(7);
      await turnedAway({ token }, 409, 'response.already_submitted', 'Вы уже ответили');
    });
  });
});
