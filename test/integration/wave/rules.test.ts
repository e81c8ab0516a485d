import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StudyFile } from '../../../src/study/study.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { loadStudy, openWave } from '../../make/app.js';
import { type Field, inTheField } from '../../make/field.js';
import { answered, itIs } from './past.js';
import { anna } from '../../make/actors.js';

const STUDY = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');

let field: Field;
let folder: string;
beforeAll(async () => {
  field = await inTheField(3, { invited: false });
  folder = await mkdtemp(join(tmpdir(), 'onward-study-'));
  await cp(STUDY, folder, { recursive: true });
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

/** Loads the study again with something changed. */
async function loadWith(change: (study: StudyFile) => void): Promise<void> {
  const study = JSON.parse(await readFile(join(STUDY, 'study.json'), 'utf8')) as StudyFile;
  change(study);
  await writeFile(join(folder, 'study.json'), JSON.stringify(study));
  await loadStudy(field.services, folder);
}
const ruleOf = async (letter: string) => {
  const { partialRule, crucial } = await field.services(WaveService).byLetter(field.study.id, letter);
  return { partialRule, crucial };
};
const wave = (study: StudyFile, letter: string) => study.waves.find(({ id }) => id === letter)!;

describe('the partial rule and the crucial items', () => {
  const fixed = {
    partialRule: { breakOffBelow: 0.5, completeAbove: 0.8 },
    crucial: ['country', 'work_strategy', 'onward_wish', 'onward_plan'],
  };

  it('are fixed when a wave opens: what is loaded later is for the waves after it', async () => {
    expect(await ruleOf('a')).toEqual(fixed);
    await loadWith((study) => {
      study.partialRule = { breakOffBelow: 0.3, completeAbove: 0.9 };
      study.crucial = ['country'];
    });
    await openWave(field.services, field.study, 'a');
    expect(await ruleOf('a')).toEqual(fixed);
    expect(await ruleOf('b')).toEqual({ partialRule: null, crucial: null });
    await openWave(field.services, field.study, 'b');
    expect(await ruleOf('b')).toEqual({
      partialRule: { breakOffBelow: 0.3, completeAbove: 0.9 },
      crucial: ['country'],
    });
  });

  it('cannot be changed in an open wave by any statement', async () => {
    for (const change of [`partial_rule = '{}'`, `crucial = '[]'`, 'partial_rule = NULL'])
      await expect(field.rows(`UPDATE wave SET ${change} WHERE id = 'nrd-a'`)).rejects.toMatchObject({
        driverError: { constraint: 'wave_rule_is_fixed' },
      });
    expect(await ruleOf('a')).toEqual(fixed);
  });

  it('decide how a case ends at the close, as they stood at the opening', async () => {
    const [first, second] = field.members;
    for (const [member, share] of [
      [first, 0.4],
      [second, 0.5],
    ]) {
      await field.rows(
        `UPDATE issued_case SET state = 'started' WHERE member_id = $1 AND wave_id = 'nrd-a'`,
        [member],
      );
      await field.rows(
        `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on)
         SELECT $1, id, questionnaire_id, '{}', '{}', '{}', 'test', $2, 'ru', '2026-03-03' FROM wave WHERE id = 'nrd-a'`,
        [member, share],
      );
    }
    await field.services(WaveService).close('nrd-a', anna);
    const ends = await field.rows(
      `SELECT state FROM issued_case WHERE wave_id = 'nrd-a' AND member_id = ANY($1::uuid[]) ORDER BY state`,
      [[first, second]],
    );
    expect(ends).toEqual([{ state: 'broke_off' }, { state: 'partial' }]);
  });
});

describe('loading a study', () => {
  it('is refused with every fault of eligibility and windows, and nothing is stored', async () => {
    const before = await field.rows(`SELECT definition FROM wave WHERE id = 'nrd-b'`);
    const load = loadWith((study) => {
      wave(study, 'b').eligibility = { fact: 'status.c', is: 'complete' };
      wave(study, 'c').window = { rolling: { anchor: 'birth' } };
    });
    await expect(load).rejects.toMatchObject({
      code: 'study.invalid_file',
      details: {
        faults: [
          { path: 'waves[2]', sentence: expect.stringContaining('status.c') as string },
          { path: 'waves[4]', sentence: expect.stringContaining('window') as string },
        ],
      },
    });
    expect(await field.rows(`SELECT definition FROM wave WHERE id = 'nrd-b'`)).toEqual(before);
  });
});

describe('a fixed window', () => {
  it('issues nothing before it begins, then to all, and closes with it', async () => {
    await answered(field, 'a', '2026-03-03', [0, 1, 2]);
    await loadWith((study) => {
      wave(study, 'd').window = { fixed: { opens: '2026-06-10', closes: '2026-07-01' } };
    });
    itIs(field, '2026-06-01');
    const opened = await openWave(field.services, field.study, 'd');
    expect(opened).toMatchObject({ issued: 0, wave: { closesAt: new Date('2026-07-01T00:00:00Z') } });
    itIs(field, '2026-06-10');
    expect(await openWave(field.services, field.study, 'd')).toMatchObject({ issued: 3 });
    expect(await field.rows(`SELECT DISTINCT closes_at FROM issued_case WHERE wave_id = 'nrd-d'`)).toEqual([
      { closes_at: null },
    ]);
  });

  it('that has passed is not opened any more', async () => {
    await loadWith((study) => {
      wave(study, 'c').window = { fixed: { opens: '2026-05-01', closes: '2026-06-01' } };
    });
    await expect(openWave(field.services, field.study, 'c')).rejects.toMatchObject({
      code: 'wave.window_has_passed',
    });
  });
});
