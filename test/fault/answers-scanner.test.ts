import { type Browser, type Page } from 'playwright-core';
import { launchBrowser } from '../make/browser.js';
import { type Field, inTheField } from '../make/field.js';
import { linkIn, phone, start } from '../make/respond-browser.js';
import { type Visitor } from '../make/visitor.js';
import { completeAnswers } from '../make/wave-a-answers.js';

const CANARY = 'canary-5f3a-said-in-confidence';
/** Nobody has opened the first one's link; the second one is in the middle of it. */
const [FRESH, HALFWAY] = [0, 1] as const;
const PEOPLE = [FRESH, HALFWAY];

let field: Field;
let browser: Browser;
let halfway: Visitor;
beforeAll(async () => {
  [field, browser] = await Promise.all([inTheField(2), launchBrowser()]);
  halfway = await field.visit(HALFWAY);
  await halfway.save(0, completeAnswers(4, { last_word: CANARY }));
}, 120_000);
afterAll(async () => {
  await browser.close();
  await field.close();
});

const letterTo = async (person: number) => (await field.lettersTo(person))[0]?.text ?? '';

/** All that the tables say of a person's case, sessions, links, messages and stops. */
async function standing(person: number) {
  const [row] = await field.rows<Record<string, unknown>>(
    `SELECT c.state, c.revision, c.questionnaire_id IS NOT NULL AS pinned, c.last_active_at,
       ARRAY(SELECT event FROM case_event e WHERE e.member_id = c.member_id ORDER BY seq) AS events,
       (SELECT count(*)::int FROM respondent_session s WHERE s.member_id = c.member_id) AS sessions,
       (SELECT bool_or(revoked) FROM personal_link l WHERE l.member_id = c.member_id) AS revoked,
       (SELECT count(*)::int FROM message_stop s WHERE s.member_id = c.member_id) AS stops,
       (SELECT count(*)::int FROM member_pause p WHERE p.member_id = c.member_id) AS pauses,
       (SELECT md5(string_agg(concat(step, state, due_at), '|' ORDER BY step)) FROM contact_attempt a WHERE a.member_id = c.member_id) AS plan,
       (SELECT md5(r::text) FROM response r WHERE r.member_id = c.member_id) AS response
     FROM issued_case c WHERE c.member_id = $1`,
    [field.members[person]],
  );
  return row ?? {};
}

/** A scanner's browser, and everything that it was ever sent. */
async function scanner(): Promise<{ page: Page; seen: string[]; close(): Promise<void> }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const seen: string[] = [];
  page.on(
    'response',
    (reply) =>
      void reply.text().then(
        (text) => seen.push(text),
        () => undefined, // a redirect has no body
      ),
  );
  return { page, seen, close: () => context.close() };
}

test('a scanner that fetches every link of a message, runs the scripts and follows what it finds there changes nothing', async () => {
  for (const person of PEOPLE) {
    const before = await standing(person);
    const text = await letterTo(person);
    const links = [...text.matchAll(/https?:\/\/\S+/g)].map(([link]) => link);
    expect(links.length).toBeGreaterThan(1); // the personal one, and the one to stop
    const { page, seen, close } = await scanner();
    for (const link of links) {
      for (const method of ['HEAD', 'GET']) await (await fetch(link, { method })).text();
      await page.goto(link, { waitUntil: 'networkidle' });
      const found = await page
        .locator('a[href]')
        .evaluateAll((all) => all.map((each) => (each as HTMLAnchorElement).href));
      for (const next of new Set(found))
        if (next.startsWith(field.config.publicUrl)) await page.goto(next, { waitUntil: 'networkidle' });
    }
    await close();
    expect(await standing(person)).toEqual(before);
    expect(seen.join()).not.toContain(CANARY);
  }
});

describe('a scanner that submits the form as a person does', () => {
  const submitted: string[] = [];
  const before: Record<string, unknown>[] = [];

  beforeAll(async () => {
    for (const person of PEOPLE) {
      before[person] = await standing(person);
      const link = linkIn(await letterTo(person));
      submitted[person] = '';
      for (let nr = 0, buttons = 1; nr < buttons; nr += 1) {
        const { page, seen, close } = await scanner();
        await page.goto(link, { waitUntil: 'networkidle' });
        const all = page.locator('form button[type=submit]');
        buttons = await all.count();
        await all.nth(nr).evaluate((button: HTMLButtonElement) => button.form?.requestSubmit(button));
        await page.waitForURL(({ pathname }) => !pathname.startsWith('/go/'));
        await page.waitForLoadState('networkidle');
        submitted[person] += [...seen, await page.content()].join();
        await close();
      }
    }
  }, 60_000);

  test('is shown no answer and nothing about the person', async () => {
    for (const person of PEOPLE) {
      expect(submitted[person]).not.toContain(CANARY);
      expect(submitted[person]).not.toContain(field.emailOf(person));
      expect(submitted[person]).not.toContain(field.members[person]);
    }
  });

  test('burns no link, sends and stops nothing, and changes no answer', async () => {
    for (const person of PEOPLE) {
      const { revision, revoked, stops, pauses, plan, response } = before[person] ?? {};
      expect(await standing(person)).toMatchObject({ revision, revoked, stops, pauses, plan, response });
    }
  });

  // It clicks as a person does, and no server can tell: the case counts as opened until it is answered or its wave closes.
  test('counts as an opening, and as nothing more', async () => {
    expect(await standing(FRESH)).toMatchObject({
      state: 'opened',
      pinned: true,
      sessions: 1,
      response: null,
    });
    expect(await standing(HALFWAY)).toMatchObject({ state: 'started', events: before[HALFWAY]?.['events'] });
  });

  test('keeps nobody out: the person’s own click opens the whole questionnaire, and who was halfway goes on', async () => {
    const { page, context } = await phone(browser, new Set());
    const interview = await start(page, linkIn(await letterTo(FRESH)));
    expect(interview).toMatchObject({ fresh: true, resumedElsewhere: false, revision: 0 });
    await page.getByText('Да, мне уже есть 18 лет').waitFor();
    await context.close();
    const own = await halfway.interview();
    expect(own.json).toMatchObject({ revision: 1, resumedElsewhere: false });
    expect(own.text).toContain(CANARY);
  });
});
