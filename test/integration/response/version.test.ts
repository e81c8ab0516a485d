import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WaveService } from '../../../src/wave/wave.service.js';
import { type Field, inTheField } from '../../make/field.js';
import { type Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const STUDY = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const EDITS = 20;
const WHOLE = completeAnswers(3);

let field: Field;
let folder: string;
let halfway: Visitor;
beforeAll(async () => {
  field = await inTheField(3);
  folder = await mkdtemp(join(tmpdir(), 'onward-edits-'));
  await cp(STUDY, folder, { recursive: true });
  halfway = await field.visit(0);
  expect((await halfway.save(0, { consent_take_part: 'yes', country: 'SRB' })).status).toBe(201);
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true });
});

interface Item {
  name: string;
  title?: Record<string, string>;
  choices?: unknown[];
}

/** Another version of wave a: other words everywhere; in every second one the first item with several choices has one fewer. */
async function publish(nr: number): Promise<void> {
  const json = JSON.parse(await readFile(join(STUDY, 'a.json'), 'utf8')) as { pages: { elements: Item[] }[] };
  for (const { elements } of json.pages)
    for (const { title } of elements)
      if (title) for (const locale of ['ru', 'en']) title[locale] = `${title[locale]} (${nr})`;
  const items = json.pages.flatMap(({ elements }) => elements);
  const long = items.find(({ name, choices }) => name === 'lang_local' && (choices?.length ?? 0) > 3);
  if (nr % 2 === 0) long?.choices?.pop();
  await writeFile(join(folder, 'a.json'), JSON.stringify(json));
  await field.services(WaveService).load(folder);
}

const pinned = (person: number) =>
  field.rows<{ questionnaire_id: string }>('SELECT questionnaire_id FROM issued_case WHERE member_id = $1', [
    field.members[person],
  ]);

test(`R9: ${EDITS} edits that are published while somebody answers change nothing for them`, async () => {
  const before = await halfway.interview();
  const [own] = await pinned(0);
  for (let nr = 1; nr <= EDITS; nr += 1) {
    await publish(nr);
    const now = await halfway.interview();
    expect(now.json['questionnaire']).toEqual(before.json['questionnaire']);
  }
  expect((await halfway.save(1, { ...WHOLE, last_word: 'still mine' })).status).toBe(201);
  expect((await halfway.submit(2, WHOLE)).status).toBe(201);
  expect(await pinned(0)).toEqual([own]);
  const stored = await field.rows('SELECT questionnaire_id FROM response WHERE member_id = $1', [
    field.members[0],
  ]);
  expect(stored).toEqual([own]);
});

test('who opens it afterwards gets the newest, and no version in between was lost', async () => {
  const late = await field.visit(1);
  expect(JSON.stringify((await late.interview()).json['questionnaire'])).toContain(`(${EDITS})`);
  const [theirs] = await pinned(1);
  expect([theirs]).not.toEqual(await pinned(0));
  const [versions] = await field.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM questionnaire_version WHERE id = ANY($1)`,
    [[theirs?.questionnaire_id, (await pinned(0))[0]?.questionnaire_id]],
  );
  expect(versions?.count).toBe(2);
});
