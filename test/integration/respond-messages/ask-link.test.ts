import { Visitor } from '../../make/visitor.js';
import { aDesk, type Desk } from '../../make/message-desk.js';

let desk: Desk;
beforeAll(async () => void (desk = await aDesk()));
afterAll(() => desk.close());

const visitor = () => new Visitor(desk.url);
const ask = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  visitor().ask('/respond/link', { method: 'POST', body: new URLSearchParams(fields), headers });

/** Asks as a person does, whose browser is led on. */
async function told(fields: Record<string, string>) {
  const reply = await ask(fields);
  expect([reply.status, reply.text]).toEqual([303, '']);
  const address = reply.headers.get('location') ?? '';
  return { address, ...(await visitor().ask(address)) };
}

/** The requests that were taken down since it was asked last. */
async function taken() {
  const rows = await desk.rows<{ study_id: string; locale: string; state: string; sealed: Buffer }>(
    'DELETE FROM link_request RETURNING study_id, locale, state, sealed',
  );
  return (rows as unknown as [typeof rows, number])[0];
}

it('every address gets the same page, and its request is taken down for the study, sealed', async () => {
  const pages: string[] = [];
  for (const address of ['one@synthetic.example', ' TWO@Synthetic.example ']) {
    const reply = await told({ address, study: 'nrd', locale: 'en' });
    expect(reply.status).toBe(200);
    expect(reply.address + reply.text).not.toMatch(/synthetic/i);
    expect(reply.text).toContain('name="study" value="nrd"');
    pages.push(reply.text);
    const requests = await taken();
    expect(requests).toMatchObject([{ study_id: 'new-russian-diasporas', locale: 'en', state: 'asked' }]);
    expect(requests[0]?.sealed.toString('latin1')).not.toMatch(/synthetic/i);
  }
  expect(pages[0]).toBe(pages[1]);
  expect(pages[0]).toContain('If this address is in our list');
});

it('where no study is known, or another one is named, all are asked', async () => {
  for (const study of ['', 'none', '"><b>']) {
    const reply = await told({ address: 'one@synthetic.example', study });
    expect(reply.text).toContain('Проверьте почту');
    expect(await taken()).toHaveLength(1);
  }
});

it('what is no address is said so, and nothing is taken down', async () => {
  for (const address of ['', 'one', 'one@', 'a@synthetic.example, b@synthetic.example', 'x'.repeat(5000)]) {
    const reply = await ask({ address, study: 'nrd' });
    expect(reply.status).toBe(422);
    expect(reply.text).toContain('Это не похоже на адрес почты');
    expect(reply.text).toContain('name="study" value="nrd"');
  }
  expect((await ask({})).status).toBe(422);
  expect(await taken()).toEqual([]);
});

it('the page after it can be reloaded, and asks for nothing; a study’s code is all that it takes over', async () => {
  const { address } = await told({ address: 'one@synthetic.example', study: 'nrd' });
  expect(await taken()).toHaveLength(1);
  expect((await visitor().ask(address)).status).toBe(200);
  expect((await visitor().ask('/respond/link/asked?study=%22%3E%3Cb%3E')).text).not.toContain('name="study"');
  expect(await taken()).toEqual([]);
});

it('the form has a page of its own', async () => {
  expect((await visitor().ask('/respond/link')).text).toContain('Получить новую ссылку');
  expect((await visitor().ask('/respond/link?lang=en')).text).toContain('Get a new link');
});

it('a foreign page cannot ask', async () => {
  const reply = await ask({ address: 'one@synthetic.example' }, { 'sec-fetch-site': 'cross-site' });
  expect(reply.status).toBe(403);
  expect(await taken()).toEqual([]);
});

it('every link that does not open leads to it, and carries the study along', async () => {
  const revoked = await desk.invited();
  await desk.rows('UPDATE personal_link SET revoked = true WHERE member_id = $1', [revoked.memberId]);
  const closed = await desk.invited({ closesAt: new Date('2026-03-02T08:00:00Z') });
  const html = { accept: 'text/html' };
  const failed = [
    await visitor().open({ token: 'x'.repeat(43), study: 'nrd' }, html),
    await visitor().open({ token: revoked.token, study: 'nrd' }, html),
    await visitor().open({ token: closed.token, study: 'nrd' }, html),
    await visitor().ask('/go/nrd/z/ru', { headers: html }),
  ];
  expect(failed.map(({ status }) => status)).toEqual([404, 404, 410, 404]);
  for (const { text } of failed)
    expect(text).toMatch(/action="\/respond\/link"[\s\S]*name="study" value="nrd"[\s\S]*name="address"/);
});
