import { mkdir } from 'node:fs/promises';
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { LinkRequestService } from '../../src/contact/link-request.service.js';
import { barriers } from '../make/barriers.js';
import { launchBrowser } from '../make/browser.js';
import { type Field, inTheField } from '../make/field.js';
import { mailed, proofOf } from '../make/own-page.js';
import { completeAnswers } from '../make/wave-a-answers.js';

jest.setTimeout(240_000);

/** Where pictures of the pages are kept, for whoever wants to look at them. */
const PICTURES = process.env['PICTURES'];
const WIDTHS = [360, 1280] as const;

let field: Field;
let browser: Browser;
beforeAll(async () => {
  [field, browser] = await Promise.all([inTheField(6), launchBrowser()]);
  await field.services(LinkRequestService).publishKeys();
  const answering = await field.visit(5);
  await answering.submit(0, completeAnswers(5));
  if (PICTURES) await mkdir(PICTURES, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await field.close();
});

const linkOf = (token: string) => `${field.config.publicUrl}/mine/open/ru#${token}`;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

async function device(options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    locale: 'ru-RU',
    ...options,
  });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  return { context, page, asked };
}

test('a person opens their page on a phone, pauses, and gets a receipt that can be checked', async () => {
  const { context, page, asked } = await device();
  await page.goto(`${field.config.publicUrl}/mine/link?lang=ru`);
  await page.getByLabel('Адрес почты').fill(field.emailOf(0));
  await button(page, 'Прислать ссылку').click();
  await title(page, 'Проверьте почту');
  const token = await proofOf(field, 0);
  await page.goto(linkOf(token));
  await button(page, 'Открыть').click();
  await title(page, 'Ваша страница');
  await page.getByRole('link', { name: 'Пауза и сообщения' }).click();
  await page.getByLabel('На три месяца').check();
  await button(page, 'Сделать паузу').click();
  await title(page, 'Готово');
  const code = (await page.locator('.receipt').textContent()) ?? '';
  await page.reload();
  expect(await page.locator('.receipt').textContent()).toBe(code);
  await page.getByRole('link', { name: 'Проверить квитанцию' }).click();
  await page.getByLabel('Номер квитанции').fill(code.toLowerCase());
  await button(page, 'Проверить').click();
  await page.getByText('Сделана пауза').waitFor();
  const addresses = asked.map((url) => url.split('#')[0] ?? '');
  expect(addresses.filter((url) => url.includes(token) || url.includes(code))).toEqual([]);
  expect(new Set(addresses.map((url) => new URL(url).hostname))).toEqual(new Set(['127.0.0.1']));
  await context.close();
});

test('a scanner that opens the link and runs its scripts does not use it up', async () => {
  const token = await proofOf(field, 1);
  for (const javaScriptEnabled of [true, false]) {
    const scanner = await device({ javaScriptEnabled });
    await scanner.page.goto(linkOf(token));
    await scanner.page.waitForLoadState('networkidle');
    for (const link of await scanner.page.getByRole('link').all())
      await scanner.context.request.get(
        new URL((await link.getAttribute('href')) ?? '/', scanner.page.url()).href,
      );
    await scanner.context.close();
  }
  const { context, page } = await device();
  await page.goto(linkOf(token));
  await button(page, 'Открыть').click();
  await title(page, 'Ваша страница');
  await context.close();
});

test('without scripts the link is pasted, every act works, and the quick exit leaves an empty page', async () => {
  const { context, page } = await device({ javaScriptEnabled: false });
  const token = await proofOf(field, 2);
  await page.goto(linkOf(token));
  await page.getByLabel('Ссылка из письма').fill(linkOf(token));
  await button(page, 'Открыть').click();
  await page.getByRole('link', { name: 'Согласия' }).click();
  await page
    .getByRole('group', { name: /научном архиве/ })
    .getByLabel('Нет, не даю')
    .check();
  await button(page, 'Сохранить').click();
  await title(page, 'Готово');
  await page.goto(`${field.config.publicUrl}/mine?lang=ru`);
  await button(page, 'Быстрый выход').click();
  await page.waitForURL('**/mine/away');
  expect((await page.locator('body').textContent())?.trim()).toBe('');
  await page.goto(`${field.config.publicUrl}/mine?lang=ru`);
  await title(page, 'Страница закрыта');
  await context.close();
});

test('the quick exit empties the page in the same moment, and the session is over', async () => {
  const { context, page } = await device();
  await page.goto(linkOf(await proofOf(field, 3)));
  await button(page, 'Открыть').click();
  await button(page, 'Быстрый выход').click();
  await page.waitForURL('about:blank');
  const sessions = () => field.rows('SELECT FROM rights_session WHERE member_id = $1', [field.members[3]]);
  while ((await sessions()).length > 0); // the server is told while the page is gone already
  await page.goto(`${field.config.publicUrl}/mine?lang=ru`);
  await title(page, 'Страница закрыта');
  await context.close();
});

test('who has answered asks for the link with one button, and erases everything with two clicks', async () => {
  const { context, page } = await device();
  const visit = await field.visit(4);
  await visit.submit(0, completeAnswers(5));
  const [name = '', value = ''] = (visit.cookie ?? '').split('=');
  await context.addCookies([{ name, value, url: field.config.publicUrl }]);
  await page.goto(`${field.config.publicUrl}/respond/?lang=ru`);
  await title(page, 'Вы уже ответили');
  await button(page, 'Прислать ссылку на мою страницу').click();
  await title(page, 'Проверьте почту');
  await mailed(field);
  const letter = (await field.lettersTo(4)).at(-1);
  await page.goto(/http:\S+\/mine\/open\S+/.exec(letter?.text ?? '')?.[0] ?? '');
  await button(page, 'Открыть').click();
  await page.getByRole('link', { name: 'Выйти и всё стереть' }).click();
  await button(page, 'Продолжить').click();
  await title(page, 'Стереть всё?');
  await button(page, 'Стереть навсегда').click();
  await title(page, 'Готово');
  expect(await field.rows('SELECT FROM member WHERE id = $1', [field.members[4]])).toEqual([]);
  await context.close();
});

const PAGES = [
  'mine',
  'mine/held',
  'mine/messages',
  'mine/consents',
  'mine/contact',
  'mine/moved',
  'mine/leave',
  'mine/erase',
  'mine/done',
  'mine/link',
  'mine/link/asked',
  'mine/open/ru',
  'receipt',
];

describe.each(['light', 'dark'] as const)('every page in the %s', (colorScheme) => {
  test('has nothing that axe finds, no page is wider than the screen, and nothing to press is small', async () => {
    const token = await proofOf(field, 5);
    const { context, page } = await device({ colorScheme });
    await page.goto(linkOf(token));
    await button(page, 'Открыть').click();
    await title(page, 'Ваша страница');
    if (colorScheme === 'light') {
      await page.goto(`${field.config.publicUrl}/mine/messages?lang=ru`);
      await button(page, 'Остановить').click();
      await title(page, 'Готово');
    }
    for (const path of PAGES)
      for (const lang of ['ru', 'en'])
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
          await page.goto(`${field.config.publicUrl}/${path}?lang=${lang}`);
          for (const each of await page.locator('summary').all()) await each.click();
          if (PICTURES && lang === 'ru')
            await page.screenshot({
              path: `${PICTURES}/${path.replaceAll('/', '-')}-${width}-${colorScheme}.png`,
              fullPage: true,
            });
          expect([path, lang, width, await barriers(page)]).toEqual([path, lang, width, []]);
        }
    await context.close();
  });
});
