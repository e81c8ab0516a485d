import { type Browser, type Page } from 'playwright-core';
import { PauseService } from '../../src/panel/pause.service.js';
import { barriers } from '../make/barriers.js';
import { launchBrowser } from '../make/browser.js';
import { aDesk, type Desk, type Sent } from '../make/message-desk.js';

let desk: Desk;
let browser: Browser;
beforeAll(async () => {
  [desk, browser] = await Promise.all([aDesk(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await desk.close();
});

const linkOf = ({ token }: Sent, locale = 'ru') => `${desk.url}/go/nrd/a/${locale}#${token}`;

/** A phone, with scripts or without. Its addresses are gathered: no token may stand in one that a server sees. */
async function phone(options: { javaScriptEnabled?: boolean } = {}) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...options });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url().split('#')[0] ?? ''));
  return { context, page, asked };
}

const button = (page: Page, name: string) => page.getByRole('button', { name });
const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

const planned = ({ memberId }: Sent) =>
  desk.rows<{ step: string; due_at: Date }>(
    `SELECT step, due_at FROM contact_attempt WHERE member_id = $1 AND state = 'planned'`,
    [memberId],
  );

test('“not now” on a phone: the token goes by the click alone, a week is chosen, and the link still begins', async () => {
  const sent = await desk.invited();
  const { context, page, asked } = await phone();
  await page.goto(linkOf(sent));
  await button(page, 'Не сейчас — напомнить').click();
  await title(page, 'Когда вам напомнить?');
  expect(await planned(sent)).toEqual([]);
  await button(page, 'Готово').click();
  await title(page, 'Когда вам напомнить?'); // nothing is chosen yet, so nothing is sent
  await page.getByLabel('Через неделю').check();
  await button(page, 'Готово').click();
  await title(page, 'Хорошо, мы это учли');
  expect(await planned(sent)).toEqual([{ step: 'asked-1', due_at: new Date('2026-03-09T08:00:00Z') }]);
  expect(asked.filter((url) => url.includes(sent.token))).toEqual([]);
  expect(page.url()).toBe(`${desk.url}/respond/later/noted?lang=ru&choice=week`);
  await page.goto(linkOf(sent));
  await button(page, 'Начать').click();
  await page.waitForURL(`${desk.url}/respond/**`);
  expect(await desk.rows('SELECT state FROM issued_case WHERE member_id = $1', [sent.memberId])).toEqual([
    { state: 'opened' },
  ]);
  await context.close();
});

test('after a choice the page can be reloaded and sends nothing again; before it there is a way back to the start', async () => {
  const sent = await desk.invited();
  const { context, page, asked } = await phone();
  const posts: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await page.goto(linkOf(sent));
  await button(page, 'Не сейчас — напомнить').click();
  await page.getByRole('link', { name: 'Вернуться и начать' }).click();
  await title(page, 'Жизнь на новом месте');
  expect(page.url()).toBe(linkOf(sent));
  await button(page, 'Не сейчас — напомнить').click();
  await page.getByLabel('Завтра').check();
  await button(page, 'Готово').click();
  await title(page, 'Хорошо, мы это учли');
  expect(posts).toHaveLength(3);
  await page.reload();
  await title(page, 'Хорошо, мы это учли');
  await page.goto(`${desk.url}/stop/ru/${sent.stopToken}`);
  await button(page, 'Остановить').click();
  await title(page, 'Сообщения остановлены');
  await page.reload();
  await title(page, 'Сообщения остановлены');
  expect(posts).toHaveLength(4);
  expect(asked.filter((url) => url.includes(sent.token))).toEqual([]);
  await context.close();
});

test('who came back from “not now” begins with the button for it, and with the Enter key', async () => {
  const sent = await desk.invited();
  const { context, page } = await phone();
  await page.goto(`${desk.url}/go/nrd/a/ru`);
  await button(page, 'Не сейчас — напомнить').click(); // no link yet: the browser asks for it
  await page.getByLabel('Ваша личная ссылка').fill(sent.token);
  await page.getByLabel('Ваша личная ссылка').press('Enter');
  await page.waitForURL(`${desk.url}/respond/**`);
  expect(page.url()).toContain('/respond/?lang=ru');
  await context.close();
});

test('without scripts: a month’s pause with the pasted link, and every message stopped and some taken back', async () => {
  const sent = await desk.invited({ channel: 'telegram' });
  const { context, page } = await phone({ javaScriptEnabled: false });
  await page.goto(linkOf(sent));
  await page.getByRole('textbox', { name: 'Ваша личная ссылка' }).fill(linkOf(sent));
  await button(page, 'Не сейчас — напомнить').click();
  await page.getByLabel('Пауза на месяц').check();
  await button(page, 'Готово').click();
  await page.getByText('До 1 апреля 2026 г. мы вам писать не будем').waitFor();
  expect(await desk.services(PauseService).of(sent.memberId)).toHaveLength(1);

  await page.goto(`${desk.url}/stop/ru/${sent.stopToken}`);
  await button(page, 'Остановить').click();
  await title(page, 'Сообщения остановлены');
  await page.getByText('Это ничего не удаляет').waitFor();
  const stops = () =>
    desk.rows('SELECT channel, purpose FROM message_stop WHERE member_id = $1', [sent.memberId]);
  expect(await stops()).toEqual([{ channel: 'telegram', purpose: 'all' }]);
  await button(page, 'Вернуть эти сообщения').click();
  await title(page, 'Сообщения снова будут приходить');
  expect(await stops()).toEqual([]);
  await page.getByRole('link', { name: 'Остановить другие сообщения' }).click();
  await page.getByLabel('Только об этом опросе').check();
  await button(page, 'Остановить').click();
  await title(page, 'Сообщения остановлены');
  expect(await stops()).toEqual([{ channel: 'telegram', purpose: 'wave:nrd-a' }]);
  await context.close();
});

test('a link that does not open leads to a new one', async () => {
  const { context, page } = await phone();
  await page.goto(`${desk.url}/go/nrd/a/en#${'x'.repeat(43)}`);
  await button(page, 'Start').click();
  await title(page, 'This link did not open');
  await page.getByLabel('E-mail address').fill('someone@synthetic.example');
  await button(page, 'Send the link').click();
  await title(page, 'Check your mail');
  expect(await desk.rows(`SELECT study_id, locale FROM link_request WHERE state = 'asked'`)).toEqual([
    { study_id: 'new-russian-diasporas', locale: 'en' },
  ]);
  await context.close();
});

test.each([
  ['ru', 'light', 360],
  ['ru', 'dark', 1280],
  ['en', 'dark', 360],
  ['en', 'light', 1280],
] as const)('no page about messages has barriers: %s, %s, %d px', async (locale, colorScheme, width) => {
  const sent = await desk.invited();
  const context = await browser.newContext({
    viewport: { width, height: 740 },
    colorScheme,
    bypassCSP: true,
  });
  const page = await context.newPage();
  const looked = async (name: string) => {
    expect(await barriers(page)).toEqual([]);
    const folder = process.env['SCREENSHOTS'];
    if (folder) await page.screenshot({ path: `${folder}/${name}-${locale}-${width}.png`, fullPage: true });
  };
  await page.goto(linkOf(sent, locale));
  await looked('start');
  await page.locator('button.secondary').click();
  await page.getByRole('radio').first().waitFor();
  await looked('later');
  await page.getByRole('radio').first().check();
  await page.locator('button.primary').click();
  await page.locator('.hint').waitFor();
  await looked('later-noted');
  await page.goto(`${desk.url}/stop/${locale}/${sent.stopToken}`);
  await looked('stop');
  await page.locator('button.primary').click();
  await page.locator('button.secondary').waitFor();
  await looked('stopped');
  await page.locator('button.secondary').click();
  await page.locator('main a').waitFor();
  await looked('undone');
  await page.goto(`${desk.url}/go/nrd/z/${locale}`);
  await looked('trouble');
  await page.getByRole('textbox').last().fill('someone@nowhere');
  await page.locator('button.primary').last().click();
  await page.locator('.fault').waitFor();
  await page.locator('#address:focus').waitFor();
  await looked('ask-fault');
  await page.getByRole('textbox').fill('someone@synthetic.example');
  await page.locator('button.primary').click();
  await page.locator('h2').waitFor();
  await looked('asked');
  await context.close();
});
