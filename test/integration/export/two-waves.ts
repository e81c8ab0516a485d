import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { QuestionnaireService } from '../../../src/questionnaire/questionnaire.service.js';
import { contextOf } from '../../../src/response/feed.service.js';
import { type Study } from '../../../src/study/study.service.js';
import { loadStudy, testApp, type TestApp } from '../../make/app.js';
import { randomAnswers, seeded } from '../../make/random-answers.js';

type Answers = Record<string, unknown>;
interface Choice {
  value: string;
  code: number;
}
interface Questionnaire {
  pages: { elements: { name: string; choices?: Choice[] }[] }[];
}

/** Two waves and a check-in in the field, with the people and answers that a test puts in. */
export interface Panel extends TestApp {
  study: Study;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  member(
    more?: Partial<Record<'cohort' | 'recruiter_id' | 'coupon' | 'host_country' | 'status', string>>,
  ): Promise<string>;
  /** An issued case as it stands; `answers` are coded by the export, with what was fed. */
  issue(member: string, wave: string, it: Case): Promise<void>;
}
interface Case {
  state: string;
  disposition?: string;
  answers?: Answers;
  feed?: object;
  on?: string;
  /** Null where the wave closed before the answers were sent. */
  sent?: null;
  /** Staff's decisions, in their order. */
  overrides?: string[];
}

const STUDY = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
export const ON: Record<string, string> = { a: '2026-05-12', k: '2026-08-12', b: '2026-11-10' };

/**
 * The first study with waves a, k and b in the field. In wave b the codes of `ident_main` begin at 51, with a
 * recode; those of `lang_local` are turned round, without one.
 */
export async function twoWaves(): Promise<Panel> {
  const town = await testApp({ begins: new Date('2026-11-20T08:00:00Z') });
  const folder = await mkdtemp(join(tmpdir(), 'onward-two-waves-'));
  await cp(STUDY, folder, { recursive: true });
  const codes = await changeCodes(join(folder, 'b.json'));
  await changeJson<{ recodes: unknown[] }>(join(folder, 'study.json'), (study) => {
    const map = Object.fromEntries(codes.map((code) => [String(code + 50), code]));
    study.recodes = [
      { variable: 'ident_main', wave: 'b', map, reason: 'the same answers, numbered from 51' },
    ];
  });
  const { services } = town;
  const study = await loadStudy(services, folder);
  await rm(folder, { recursive: true });
  const rows = <Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> =>
    services(DataSource).query(sql, values);
  await rows(
    `UPDATE wave SET opened_at = $1, closes_at = $2, partial_rule = '{"breakOffBelow": 0.5, "completeAbove": 0.8}', crucial = '[]'
     WHERE letter IN ('a', 'b', 'k')`,
    ['2026-05-01', '2026-12-01'],
  );
  return { ...town, study, rows, ...builders(town, study, rows) };
}

const changeJson = async <T>(file: string, change: (json: T) => void): Promise<void> => {
  const json = JSON.parse(await readFile(file, 'utf8')) as T;
  change(json);
  await writeFile(file, JSON.stringify(json));
};

async function changeCodes(file: string): Promise<number[]> {
  const codes: number[] = [];
  await changeJson<Questionnaire>(file, ({ pages }) => {
    const choicesOf = (item: string) =>
      pages.flatMap(({ elements }) => elements).find(({ name }) => name === item)?.choices ?? [];
    for (const choice of choicesOf('ident_main')) {
      codes.push(choice.code);
      choice.code += 50;
    }
    const turned = choicesOf('lang_local');
    const before = turned.map(({ code }) => code).reverse();
    turned.forEach((choice, index) => (choice.code = before[index] ?? 0));
  });
  return codes;
}

function builders({ services }: TestApp, study: Study, rows: Panel['rows']): Pick<Panel, 'member' | 'issue'> {
  return {
    async member(more = {}) {
      const id = randomUUID();
      await rows(
        `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on,
           recruiter_id, coupon)
         VALUES ($1, $2, $3, 'test', $4, 'ru', '{email}', $5, true, '2026-04-01', $6, $7)`,
        [
          ...[id, study.id, more.cohort ?? 'baseline', more.host_country ?? 'SRB', more.status ?? 'active'],
          ...[more.recruiter_id ?? null, more.coupon ?? null],
        ],
      );
      return id;
    },
    async issue(member, letter, { state, disposition, answers, feed, on = ON[letter], sent, overrides }) {
      const [wave] = await rows<{ id: string; questionnaire_id: string }>(
        'SELECT id, questionnaire_id FROM wave WHERE study_id = $1 AND letter = $2',
        [study.id, letter],
      );
      if (!wave) throw new Error(`There is no wave ${letter}.`);
      await rows(
        `INSERT INTO issued_case (member_id, wave_id, state, questionnaire_id, locale, issued_on, plan_from, finished_on, disposition)
         VALUES ($1, $2, $3, $4, 'ru', '2026-05-01', '2026-05-01', CASE WHEN $5::text IS NOT NULL THEN $6::date END, $5)`,
        [member, wave.id, state, wave.questionnaire_id, disposition ?? null, on],
      );
      for (const [index, code] of (overrides ?? []).entries())
        await rows(
          `INSERT INTO disposition_override (member_id, wave_id, seq, disposition, disposition_edition, reason, decided_by, decided_on)
           VALUES ($1, $2, $3, $4, '10', 'известно от родных', 'staff', '2026-11-15')`,
          [member, wave.id, index + 1, code],
        );
      if (feed)
        await rows(
          `INSERT INTO case_feed (member_id, wave_id, feed, compared, frozen_on) VALUES ($1, $2, $3, '{}', $4)`,
          [...[member, wave.id, JSON.stringify(feed), on]],
        );
      if (!answers) return;
      const { check } = await services(QuestionnaireService).get(wave.questionnaire_id);
      const fed = feed ? { feed: feed as never, compared: {} } : undefined;
      const context = contextOf(fed, 'ru', new Date(`${on ?? ''}T10:00:00Z`));
      const whole = randomAnswers(check, seeded(7), {
        context,
        blankShare: 0,
        refusedShare: 0,
        choose: ({ name }) => answers[name],
      });
      await rows(
        `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on,
           submitted_on, reached)
         VALUES ($1, $2, $3, $4, '{}', '{}', 'none', 1, 'ru', $5::date, CASE WHEN $6 THEN $5::date END, $7)`,
        [
          ...[member, wave.id, wave.questionnaire_id, JSON.stringify(whole), on, sent !== null],
          sent === null ? 'p_last_word' : null,
        ],
      );
    },
  };
}
