import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Browser, type Page } from 'playwright-core';
import { ContactService } from '../../src/contact/contact.service.js';
import { ExportService } from '../../src/export/export.service.js';
import { FieldworkService } from '../../src/fieldwork/fieldwork.service.js';
import { addDays } from '../../src/kit/clock.js';
import { openWave } from '../make/app.js';
import { launchBrowser } from '../make/browser.js';
import { type Field, inTheField } from '../make/field.js';
import { answerTheRest, goOn, linkIn, phone, start } from '../make/respond-browser.js';
import { completeAnswers } from '../make/wave-a-answers.js';
import { anna } from '../make/actors.js';

let field: Field;
let browser: Browser;

/** Two people answer wave a in Serbia; half a year later wave b invites them. */
beforeAll(async () => {
  [field, browser] = await Promise.all([inTheField(2), launchBrowser()]);
  for (const person of [0, 1]) {
    const visitor = await field.visit(person);
    const answers = completeAnswers(person + 1, {
      spells: [{ sp_country: 'SRB', sp_region: 'Белград', sp_year: 2022, sp_month: 'mar', sp_basis: 'work' }],
      onward_wish: 'eu',
      consent_recontact: 'yes',
      consent_email: 'yes',
    });
    expect((await visitor.submit(0, answers)).status).toBe(201);
  }
  field.clock.moveTo(addDays(field.clock.now(), 185));
  await openWave(field.services, field.study, 'b');
  await field.deliver();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await field.close();
});

/** Opens a drop-down list and takes a choice; a tap that falls on a list that is just closing opens nothing, as on a phone. */
async function pick(page: Page, title: string, words: string): Promise<void> {
  const list = page.getByRole('combobox', { name: title });
  const choice = page.getByRole('option', { name: words, exact: true });
  for (let tap = 0; tap < 5 && (await choice.count()) === 0; tap += 1) {
    await list.click({ force: true });
    await choice.waitFor({ timeout: 2000 }).catch(() => undefined);
  }
  await choice.click();
}

async function exported(): Promise<Record<string, Record<string, string>[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'onward-export-'));
  const files = await field.services(ExportService).export(field.study.id, folder, anna);
  const tables: Record<string, Record<string, string>[]> = {};
  for (const { file } of files)
    tables[file.replace('.csv', '')] = parse(await readFile(join(folder, file), 'utf8'), { columns: true });
  await rm(folder, { recursive: true });
  return tables;
}

test('a sensitive answer of wave 1 never reaches the browser; where the new one differs, a check comes next', async () => {
  const { page, context } = await phone(browser, new Set());
  const interview = await start(page, linkIn((await field.lettersTo(1)).at(-1)?.text));
  const stored = await field.rows<{ work: string }>(
    `SELECT answers ->> 'work_strategy' AS work FROM response WHERE member_id = $1 AND wave_id = 'nrd-a'`,
    [field.members[1]],
  );
  const { ru } = interview['earlier'] as { ru: Record<string, unknown> };
  expect(ru['work_strategy']).toBeUndefined();
  expect(ru['work_strategy_text']).toBeUndefined();
  await page.getByText('Да, продолжаю участвовать').click();
  await goOn(page);
  await page.getByText('Да, живу там же').click();
  await goOn(page);
  while ((await page.getByText('Что лучше всего описывает').count()) === 0) {
    await page.getByRole('radio').first().check({ force: true });
    await goOn(page);
  }
  const other = stored[0]?.work === 'local' ? 1 : 0;
  await page.getByRole('radio').nth(other).check({ force: true });
  await goOn(page);
  await page.getByText('В прошлый раз ваш ответ о работе был другим').waitFor();
  await context.close();
});

test('in wave 2 a person sees their country of wave 1, says no longer, reports Germany; files, counts and the next message agree', async () => {
  const { page, context } = await phone(browser, new Set());
  await start(page, linkIn((await field.lettersTo(0)).at(-1)?.text));
  await page.getByText('Да, продолжаю участвовать').click();
  await goOn(page);
  await page
    .getByText('В прошлый раз, в марте 2026 года, вы жили здесь: Белград, Сербия. Вы по-прежнему там живёте?')
    .waitFor();
  await page.getByText('Нет, теперь живу в другом месте').click();
  await goOn(page);
  await pick(page, 'В какой стране вы сейчас живёте?', 'Германия');
  await goOn(page);
  await pick(page, 'Страна', 'Германия');
  await page.getByRole('textbox', { name: 'Город или область' }).fill('Берлин');
  await pick(page, 'Год приезда', '2026');
  await pick(page, 'Месяц приезда', 'Август');
  await goOn(page);
  await answerTheRest(page);
  await context.close();

  const files = await exported();
  const [mover] = files['b_indresp'] ?? [];
  const pidp = mover?.['pidp'];
  const of = (file: string) => (files[file] ?? []).filter((row) => row['pidp'] === pidp);
  (await import('node:fs')).writeFileSync(
    `/tmp/s/mover-${mover?.['b_disp']}.json`,
    JSON.stringify(mover, null, 1),
  );
  expect(mover).toMatchObject({
    b_disp: '1.1',
    b_home: 'DEU',
    b_ff_place: '688',
    b_ff_place_out: '2',
    b_country: '276',
  });
  expect(of('spell_residence')).toMatchObject([
    { country: 'SRB', movedin: '2022-03', movedout: '2026-08' },
    { country: 'DEU', region: 'Берлин', movedin: '2026-08', movedout: '', sourcewave: 'b' },
  ]);
  expect(of('moves')).toMatchObject([
    { from_country: 'SRB', to_country: 'DEU', month: '2026-08', class: '1' },
  ]);
  expect(of('xwave')).toMatchObject([{ hostcountry: 'SRB', residence: 'DEU' }]);
  expect(of('panel_long').map((row) => row['wave'])).toEqual(['1', '2']);

  const { moves } = await field.services(FieldworkService).now(field.study.id);
  expect(moves).toEqual([{ from: 'SRB', to: 'DEU', month: '2026-08', class: 'host_to_eu', people: 1 }]);

  field.clock.moveTo(addDays(field.clock.now(), 93)); // the check-in three months later
  const { wave } = await openWave(field.services, field.study, 'l');
  const zones = new Map<string, readonly string[]>();
  for await (const planned of field.services(ContactService).dryRun(wave.id, field.clock.now()))
    zones.set(planned.memberId, planned.zones);
  expect(zones.get(field.members[0] ?? '')).toEqual(['Europe/Berlin']);
});
