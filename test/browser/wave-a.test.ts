import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Browser } from 'playwright-core';
import { ExportService } from '../../src/export/export.service.js';
import { type Study } from '../../src/study/study.service.js';
import { addPeople, loadStudy, openWave, testApp, type TestApp } from '../make/app.js';
import { barriers } from '../make/barriers.js';
import { launchBrowser } from '../make/browser.js';
import { Desk } from '../make/desk.js';
import { answerPage, answerTheRest, goOn, linkIn, phone, start } from '../make/respond-browser.js';
import { anna } from '../make/actors.js';

const EMAIL = 'respondent@synthetic.example';
const PAGES_BEFORE_THE_BREAK = 9;

let town: TestApp;
let study: Study;
let browser: Browser;
let link: string;
const hosts = new Set<string>();

beforeAll(async () => {
  [town, browser] = await Promise.all([testApp(), launchBrowser()]);
  study = await loadStudy(town.services);
  await addPeople(town.services, study, [{ email: EMAIL }, { email: 'silent@synthetic.example' }]);
  await openWave(town.services, study);
  await town.deliver();
  const message = (await town.sink.messages()).find(({ to }) => to.includes(EMAIL));
  link = linkIn(message?.text);
});

afterAll(async () => {
  await browser.close();
  await town.close();
});

test('wave 1 in Russian on a phone: from the message, broken off, gone on elsewhere, sent, and in the export', async () => {
  const first = await phone(browser, hosts);
  await start(first.page, link);
  await first.page.getByText('Да, мне уже есть 18 лет').click();
  await goOn(first.page);
  await first.page.getByText('Сербия').click();
  await goOn(first.page);
  for (let count = 0; count < PAGES_BEFORE_THE_BREAK; count += 1) {
    await answerPage(first.page);
    await goOn(first.page);
  }
  await first.page.getByText(/^Сохранено/).waitFor();
  await first.context.close();

  const second = await phone(browser, hosts);
  const interview = await start(second.page, link);
  expect(interview).toMatchObject({ resumedElsewhere: true, answers: {} });
  expect(JSON.stringify(interview)).not.toContain('consent_take_part');
  await second.page.getByRole('heading', { level: 1 }).waitFor();
  expect(await second.page.getByText('Вы согласны принять участие').count()).toBe(0);
  await answerTheRest(second.page);
  await second.context.close();

  const folder = await mkdtemp(join(tmpdir(), 'onward-export-'));
  await town.services(ExportService).export(study.id, folder, anna);
  const rows = parse(await readFile(join(folder, 'a_indresp.csv'), 'utf8'), { columns: true }) as Record<
    string,
    string
  >[];
  await rm(folder, { recursive: true });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    a_disp: '1.1',
    a_intlang: 'ru',
    a_country: '688',
    a_consent_take_part: '1',
  });
});

test('start, a question, the report of a move and the fieldwork page have no barriers, on a phone and on a desktop, light and dark', async () => {
  const silent = (await town.sink.messages()).find(({ to }) => to.includes('silent@synthetic.example'));
  const silentLink = linkIn(silent?.text);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      const context = await browser.newContext({
        viewport: { width, height: 740 },
        colorScheme,
        bypassCSP: true,
      });
      const page = await context.newPage();
      await page.goto(silentLink);
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Начать' }).click();
      await page.getByText('Вы согласны принять участие').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.goto(`${town.config.publicUrl}/respond/moved`);
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('Месяц или время года').selectOption('Декабрь');
      await page.getByLabel('В какой стране вы теперь живёте?').selectOption('Германия');
      await page.getByRole('button', { name: 'Сообщить о переезде' }).click();
      await page.getByText('Выберите и год').waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('year');
      await page.getByLabel('Год', { exact: true }).selectOption('2025');
      await page.getByRole('button', { name: 'Сообщить о переезде' }).click();
      await page.getByText('Спасибо, запомнили').waitFor();
      expect(await barriers(page)).toEqual([]);
      const [name = '', value = ''] = (await new Desk(town).cookie())?.split('=') ?? [];
      await context.addCookies([{ name, value, url: town.config.publicUrl, sameSite: 'Strict' }]);
      await page.goto(`${town.config.publicUrl}/fieldwork/nrd`);
      expect(await barriers(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await context.close();
    }
  }
});

test('no page asks a foreign host for anything', () => {
  expect([...hosts]).toEqual(['127.0.0.1']);
});
