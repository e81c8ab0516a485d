import { type ConcordanceRow, pooled, type PooledVariable } from '../codebook/concordance.js';
import { missingCode } from '../questionnaire/missing.js';
import { waveNumber } from '../questionnaire/feed/fed.js';
import { type Variable } from '../questionnaire/variable/variable.js';
import { CASES, interviewColumns, interviewsOf, isInterview } from './case-sql.js';
import { type Column, type Dataset, hostCountry, number, PIDP } from './column.js';
import { literal } from './sql-text.js';
import { variableColumn, variablesOf, type WaveSource } from './variable-column.js';

/** A variable whose waves must not stand in one column, and why. */
export interface NotPooled {
  variable: string;
  why: string[];
}

const SYEAR = { en: 'Year of the interview', ru: 'Год интервью' };

/**
 * One row for each interview of any wave, with the variables of all waves by their names without prefix. Where waves were coded
 * differently their declared recodes are applied; what cannot be compared is left out and named.
 * @param concordance  rows of these waves
 */
export function panelLong(
  waves: readonly WaveSource[],
  concordance: readonly ConcordanceRow[],
): { dataset: Dataset; notPooled: NotPooled[] } {
  const byName = grouped(concordance, ({ variable }) => variable);
  const apart = new Map(
    [...byName].flatMap(([name, rows]): [string, string[]][] => {
      const clashes = rows.filter(({ asked, comparable, recode }) => asked && !comparable && !recode);
      return clashes.length > 0 ? [[name, clashes.map(({ wave, why }) => `${wave}: ${why ?? ''}`)]] : [];
    }),
  );
  const asked = waves.map((wave) => ({
    nr: waveNumber(wave.letter),
    letter: wave.letter,
    variables: new Map(variablesOf(wave, 'main').map((variable) => [variable.name, variable])),
  }));
  const columns = [...byName].flatMap(([name, rows]) => {
    // The reasons beside a text go with it.
    const of =
      rows.some(({ asked: was }) => was) && !apart.has(name) && !apart.has(name.replace(/_mis$/, ''));
    return of ? [pooledColumn(name, pooled(rows), asked)] : [];
  });
  return {
    dataset: {
      file: 'panel_long.csv',
      label: {
        en: 'All interviews of all waves, one row a person and wave',
        ru: 'Все интервью всех волн, по строке на человека и волну',
      },
      key: ['pidp', 'wave'],
      columns: [
        PIDP,
        number('wave', 't.wave', { en: 'Wave; a is 1', ru: 'Волна; a — 1' }, { measure: 'ordinal' }),
        number('syear', 't.year', SYEAR),
        hostCountry(),
        ...interviewColumns(),
        ...columns,
      ],
      from: `${interviewsOf(waves.map(({ waveId, letter }) => ({ waveId, nr: waveNumber(letter) })))} AS t`,
    },
    notPooled: [...apart].map(([variable, why]) => ({ variable, why })),
  };
}

function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}

/** One column over all waves: each wave's cell, recoded where that is declared, and a reason where the wave did not ask. */
function pooledColumn(
  name: string,
  { codes, recodes }: PooledVariable,
  waves: readonly { nr: number; letter: string; variables: ReadonlyMap<string, Variable> }[],
): Column {
  const having = waves.flatMap(({ nr, letter, variables }) => {
    const variable = variables.get(name);
    return variable ? [{ nr, letter, variable }] : [];
  });
  const newest = having.at(-1)?.variable as Variable;
  const described: Column = { ...variableColumn(newest, '', 't.d'), values: codes };
  if (newest.type !== 'numeric') return described;
  const cells = having.map(({ nr, letter, variable }) => {
    const cell = variableColumn(variable, '', 't.d').sql;
    return { nr, sql: recoded(cell, recodes[letter]) };
  });
  const groups = grouped(cells, ({ sql }) => sql);
  const fielded = [...groups].map(
    ([sql, of]) => `WHEN t.wave IN (${of.map(({ nr }) => nr).join(', ')}) THEN ${sql}`,
  );
  const everywhere = having.length === waves.length;
  const only = cells[0]?.sql ?? '';
  const absent = literal(String(missingCode('notFielded', newest.negatives)));
  return {
    ...described,
    missing: [
      ...new Set([
        ...having.flatMap(({ variable }) => variableColumn(variable, '', 't.d').missing),
        ...(everywhere ? [] : ['notFielded' as const]),
      ]),
    ],
    sql: everywhere && groups.size === 1 ? only : `CASE ${fielded.join(' ')} ELSE ${absent} END`,
  };
}

const recoded = (cell: string, recode: Record<string, number> | undefined): string =>
  recode
    ? `CASE ${cell} ${Object.entries(recode)
        .map(([from, to]) => `WHEN ${literal(from)} THEN ${literal(String(to))}`)
        .join(' ')} ELSE ${cell} END`
    : cell;

/** One row for each person who ever answered, all waves' columns side by side; −11 where a wave has no interview. */
export function panelWide(waves: readonly WaveSource[]): Dataset {
  const columns = waves.flatMap((wave): Column[] => {
    const prefix = `${wave.letter}_`;
    const without = (column: Column): Column =>
      column.type === 'numeric'
        ? {
            ...column,
            missing: [...column.missing, 'noInterview'],
            sql: `CASE WHEN t.${prefix}d IS NULL THEN ${literal(String(missingCode('noInterview', column.negatives ?? false)))} ELSE ${column.sql} END`,
          }
        : column;
    return [
      number(`${prefix}syear`, `t.${prefix}year::text`, SYEAR),
      ...interviewColumns(prefix, {
        disposition: `t.${prefix}disposition`,
        submittedOn: `t.${prefix}submitted_on`,
        locale: `t.${prefix}locale`,
      }),
      ...variablesOf(wave, 'main').map((variable) => variableColumn(variable, prefix, `t.${prefix}d`)),
    ].map(without);
  });
  return {
    file: 'panel_wide.csv',
    label: {
      en: 'Everyone who answered in any wave, the waves side by side',
      ru: 'Все, кто ответил хотя бы в одной волне; волны рядом',
    },
    key: ['pidp'],
    columns: [PIDP, hostCountry(), ...columns],
    from: `
      (SELECT p.pidp, m.host_country${waves.map(({ letter }) => inColumns(letter)).join('')}
       FROM export_pidp p
       JOIN member m ON m.id = p.member_id
       ${waves.map((wave) => lateral(wave)).join('\n')}
       WHERE ${waves.map(({ letter }) => `${letter}.d IS NOT NULL`).join(' OR ')}
       ORDER BY p.pidp OFFSET 0) AS t`,
  };
}

const PARTS = ['year', 'disposition', 'submitted_on', 'locale', 'd'];
const inColumns = (letter: string): string =>
  PARTS.map((part) => `, ${letter}.${part} AS ${letter}_${part}`).join('');

/** A person's interview in one wave, looked up by its key: joining whole records would sort and spill them. */
const lateral = ({ waveId, letter }: WaveSource): string => `
  LEFT JOIN LATERAL (
    SELECT extract(year FROM coalesce(r.submitted_on, r.saved_on))::int AS year, c.decided AS disposition, r.submitted_on, r.locale,
           r.record || '{}'::jsonb AS d
    FROM response r JOIN ${CASES} AS c ON c.member_id = r.member_id AND c.wave_id = r.wave_id
    WHERE r.member_id = p.member_id AND r.wave_id = ${literal(waveId)} AND ${isInterview('c.decided')}
    OFFSET 0) AS ${letter} ON true`;
