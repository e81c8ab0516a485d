import { Injectable } from '@nestjs/common';
import { type ClientBase } from 'pg';
import { type Disclosure } from '../../analysis/disclosure/disclosure.js';
import { type Geography } from '../../analysis/disclosure/geography.js';
import { type FileOfPeople, hideInFiles } from '../../analysis/disclosure/hide-in-files.js';
import { type DisclosureProfile } from '../../analysis/disclosure/profile.js';
import { type NamedCodes, riskReport, type RiskReport } from '../../analysis/disclosure/risk-report.js';
import { ruleWords } from '../../analysis/disclosure/treatment-words.js';
import { topCodeBounds } from '../../analysis/disclosure/top-code.js';
import { sensitiveCode, withBounds } from '../../analysis/disclosure/treatment.js';
import { missingReasonOf } from '../../codebook/missing-reason.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { type Column, type Dataset } from '../column.js';
import { textIn } from '../format/cells.js';
import {
  countsOfValues,
  keepHidden,
  placesOfPeople,
  unlessHidden,
  valuesOf,
  whereHidden,
} from './disclosed.queries.js';
import { disclosurePlan, type PlannedColumn, type PlannedFile } from './disclosure-plan.js';
import { KeyValues } from './key-values.js';
import { reasonsOf, treatedColumn } from './treated-sql.js';

/** The files of a release after all that was done against disclosure, and what risk is left. */
export interface Disclosed {
  datasets: Dataset[];
  /** Of each file that has one row a person. */
  reports: { file: string; report: RiskReport }[];
  /** What was done to each column, where something was. */
  treatments: { file: string; variable: string; words: Texts }[];
}

/** Applies the rules of a kind of release to a study's files, within the transaction that numbered its people. */
@Injectable()
export class ReleaseDisclosure {
  async apply(
    client: ClientBase,
    datasets: readonly Dataset[],
    letters: readonly string[],
    rules: { profile: DisclosureProfile; disclosure: Disclosure; geography: Geography },
  ): Promise<Disclosed> {
    const plan = disclosurePlan(datasets, letters, rules);
    await setTails(client, plan);
    const treated = plan.map(({ dataset, columns }): PlannedFile => ({
      dataset,
      columns: columns.flatMap((planned) =>
        planned.treatment.kind === 'drop'
          ? []
          : [{ ...planned, column: treatedColumn(planned.column, planned.described, planned.treatment) }],
      ),
    }));
    const people = await placesOfPeople(client);
    const { keys, files } = await knownOfPeople(client, treated, people, rules.disclosure);
    const after = hideInFiles(keys, files, rules.profile);
    await keepHidden(client, people, after.hidden);
    const hidden = new Set(after.hidden.map(({ name }) => name));
    return {
      datasets: treated.map(({ dataset, columns }) => ({
        ...dataset,
        columns: columns.map((planned) => hiding(dataset, planned, columns, hidden)),
      })),
      treatments: plan.flatMap(({ dataset, columns }) =>
        columns.flatMap(({ column, treatment }) => {
          const words = ruleWords(treatment);
          return words ? [{ file: dataset.file, variable: column.name, words }] : [];
        }),
      ),
      reports: after.files.map((file) => ({
        file: file.name,
        report: riskReport(rules.profile, {
          n: file.people.length,
          before: keys.map(({ name, codes }) => ({
            name,
            codes: file.people.map((each) => codes[each] as number),
          })),
          after: after.keys.map(({ name, codes }) => ({
            name,
            codes: file.people.map((each) => codes[each] as number),
          })),
          sensitive: file.sensitive,
        }),
      })),
    };
  }
}

/** Finds where tails begin: one place for a variable over all files and waves. Each file is read once. */
async function setTails(client: ClientBase, plan: readonly PlannedFile[]): Promise<void> {
  const tails = new Map<string, { columns: PlannedColumn[]; rows: Map<number, number> }>();
  for (const { dataset, columns } of plan) {
    const told = columns.flatMap((planned) => {
      if (planned.treatment.kind !== 'topCode') return [];
      const { root } = planned.described;
      const tail = tails.get(root) ?? { columns: [], rows: new Map<number, number>() };
      tails.set(root, tail);
      tail.columns.push(planned);
      return [{ sql: planned.column.sql, reasons: new Set(reasonsOf(planned.column)), rows: tail.rows }];
    });
    if (told.length === 0 || POOLED.includes(dataset.file)) continue;
    const cells = told.map(({ sql }) => sql);
    for (const { cell, value, rows } of await countsOfValues(client, dataset.from, cells)) {
      const of = told[cell];
      const number = Number(value);
      if (of && !of.reasons.has(number)) of.rows.set(number, (of.rows.get(number) ?? 0) + rows);
    }
  }
  for (const { columns, rows } of tails.values()) {
    const numbers = sorted(rows);
    for (const planned of columns)
      if (planned.treatment.kind === 'topCode')
        planned.treatment = withBounds(planned.treatment, topCodeBounds(numbers, planned.treatment));
  }
}

/** Numbers in ascending order, each as often as it was said. */
function sorted(counts: ReadonlyMap<number, number>): Float64Array {
  const all = new Float64Array([...counts.values()].reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [number, count] of [...counts].sort(([a], [b]) => a - b)) all.fill(number, at, (at += count));
  return all;
}

/** Files that say again what those of the waves say. */
const POOLED = ['panel_long.csv', 'panel_wide.csv'];

/** Who asked first is kept: a copy of an earlier answer says nothing that the answer did not say. */
const keyRoot = (root: string): string => root.replace(/^ff_/, '');

/** What the files of one row a person tell: by what identifies people, the most important first, and by what is sensitive. */
async function knownOfPeople(
  client: ClientBase,
  files: readonly PlannedFile[],
  people: ReadonlyMap<string, number>,
  { identifying }: Disclosure,
): Promise<{ keys: NamedCodes[]; files: FileOfPeople[] }> {
  const keys = new Map<string, { values: KeyValues; rank: number }>();
  const known: FileOfPeople[] = [];
  for (const { dataset, columns } of files) {
    if (!isOfPeople(dataset) || POOLED.includes(dataset.file)) continue;
    const persons: number[] = [];
    const answers: { name: string; codes: number[] }[] = [];
    const told = columns.flatMap(({ column, described, identifies, sensitive }) => {
      const name = keyRoot(described.root);
      const reasons = new Set(['', ...reasonsOf(column).map(String)]);
      if (identifies !== undefined) {
        const key = keys.get(name) ?? {
          values: new KeyValues(people.size),
          rank: identifying.indexOf(identifies),
        };
        keys.set(name, key);
        const take = (person: number, cell: string | undefined) => {
          if (cell !== undefined && !reasons.has(cell)) key.values.add(person, cell);
        };
        return [{ sql: column.sql, take }];
      }
      if (!sensitive || column.type !== 'numeric') return [];
      const codes: number[] = [];
      answers.push({ name, codes });
      const take = (_person: number, cell: string | undefined) => {
        const told = cell !== undefined && !reasons.has(cell);
        codes.push(told ? sensitiveCode(described, Number(cell)) : -1);
      };
      return [{ sql: column.sql, take }];
    });
    const cells = told.map(({ sql }) => sql);
    for await (const block of valuesOf(client, dataset.from, cells))
      for (let row = 0; row < block.rows; row += 1) {
        const first = row * block.columns;
        const person = people.get(textIn(block, first) ?? '');
        if (person === undefined) throw new Error('A row is about nobody in the release');
        persons.push(person);
        told.forEach(({ take }, index) => take(person, textIn(block, first + 1 + index)));
      }
    known.push({
      name: dataset.file.replace(/\.csv$/, ''),
      people: Int32Array.from(persons),
      sensitive: answers.map(({ name, codes }) => ({ name, codes: Int32Array.from(codes) })),
    });
  }
  const inOrder = [...keys].sort(([, a], [, b]) => a.rank - b.rank);
  return { keys: inOrder.map(([name, { values }]) => ({ name, codes: values.codes })), files: known };
}

const isOfPeople = ({ key }: Dataset): boolean => key.join() === 'pidp';

/**
 * A column that shows nothing of those whose value is hidden. Where a person has several rows (places, moves), it shows nothing that
 * identifies whoever has anything hidden: such histories tell by themselves what is hidden elsewhere.
 */
function hiding(
  dataset: Dataset,
  { column, described: { root }, identifies }: PlannedColumn,
  columns: readonly PlannedColumn[],
  hidden: ReadonlySet<string>,
): Column {
  const isHistory = !isOfPeople(dataset) && dataset.file !== 'panel_long.csv';
  const text = columns.find(
    ({ column: { type }, described }) => type === 'string' && root === `${described.root}_mis`,
  );
  const tells = text?.identifies ?? identifies;
  const name = isHistory && tells !== undefined ? null : keyRoot(text?.described.root ?? root);
  if (name === null ? hidden.size === 0 : !hidden.has(name)) return column;
  if (column.type !== 'numeric') return { ...column, sql: unlessHidden(column.sql, name, null) };
  const code = String(missingReasonOf('suppressed', column.negatives ?? false).code);
  return {
    ...column,
    missing: [...column.missing, 'suppressed'],
    // Beside a text the reason is empty where there is one: of who has a hidden text it says so all the same.
    sql: text ? whereHidden(column.sql, name, code) : unlessHidden(column.sql, name, code),
  };
}
