import { missingCode } from '../questionnaire/missing.js';
import { type Variable, type VariableTable } from '../questionnaire/variable/variable.js';
import { type PartialRule } from '../wave/disposition.js';
import { type Column } from './column.js';
import { literal } from './sql-text.js';

/** What the datasets of one wave are made from. */
export interface WaveSource {
  waveId: string;
  letter: string;
  /** Variables and child tables of every version that answers were given to, the newest first. */
  versions: { variables: Variable[]; tables: VariableTable[] }[];
  partialRule: PartialRule;
}

/** The variables of a table over every version: the newest definition of each name, in the order of the questionnaires. */
export function variablesOf(wave: Pick<WaveSource, 'versions'>, table: string): Variable[] {
  const byName = new Map<string, Variable>();
  for (const { variables } of wave.versions)
    for (const variable of variables)
      if (variable.table === table && !byName.has(variable.name)) byName.set(variable.name, variable);
  return [...byName.values()];
}

/** A variable as a column, its cell read from a record. */
export function variableColumn(variable: Variable, prefix: string, record: string): Column {
  const { type, measure, label, question, values, universe, concept, missing } = variable;
  return {
    name: prefix + variable.name,
    type,
    measure,
    label,
    question,
    ...(values ? { values } : {}),
    universe,
    item: variable.item,
    ...(prefix ? { wave: prefix.slice(0, -1) } : {}),
    negatives: variable.negatives,
    ...(concept ? { concept } : {}),
    missing: type === 'numeric' && !missing.includes('notInVersion') ? [...missing, 'notInVersion'] : missing,
    sql: cellOf(variable, record),
  };
}

/** A record's cell; a number that the record lacks altogether was not in the version that the person answered. */
function cellOf({ name, type, source, negatives }: Variable, record: string): string {
  const cell = `${record} ->> ${literal(name)}`;
  if (type !== 'numeric') return cell;
  const absent = literal(String(missingCode('notInVersion', negatives)));
  // The reason beside a text is empty where there is a text, so only its absence tells the version.
  return source.reason
    ? `CASE WHEN ${record} ? ${literal(name)} THEN ${cell} ELSE ${absent} END`
    : `coalesce(${cell}, ${absent})`;
}
