import { type ValueLabel } from '../questionnaire/variable/variable.js';
import { byVariable, type ConcordanceRow } from './concordance.js';

/** Of a list of all countries the first ones are enough. */
const MOST_CHANGES = 40;

/**
 * The concordance as plain text for a terminal: every variable with the waves that asked it, each change of words as before →
 * after in every language, and its codes. `faults` are what keeps variables from being pooled.
 */
export function concordanceText(
  rows: readonly ConcordanceRow[],
  waves: readonly string[],
  faults: readonly string[],
): string {
  const variables = byVariable(rows);
  const texts = variables.map(variableText);
  const changed = variables.filter((of) => of.some(({ version }) => version > 1)).length;
  const counts = [
    `${variables.length} variables over waves ${waves.join(', ')}.`,
    `${changed} changed in words, options or languages.`,
    faults.length === 0
      ? 'Every variable can be pooled.'
      : `${faults.length} cannot be pooled:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  ];
  return `${[counts.join('\n'), ...texts].join('\n\n')}\n`;
}

function variableText(rows: readonly ConcordanceRow[]): string {
  const [first] = rows;
  const lines = [`${first?.variable ?? ''}  (${first?.type ?? ''}, ${first?.measure ?? ''})`];
  let before: ConcordanceRow | undefined;
  for (const row of rows.filter(({ asked }) => asked)) {
    lines.push(`  ${row.wave}  version ${row.version}${row.why ? `  ${row.why}` : ''}`);
    lines.push(...wordsOf(row, before).map((line) => `       ${line}`));
    if (row.recode) lines.push(`       recode: ${arrows(row.recode)}`);
    before = row;
  }
  const absent = rows.filter(({ asked }) => !asked).map(({ wave }) => wave);
  if (absent.length > 0) lines.push(`  not asked in ${absent.join(', ')}`);
  return lines.join('\n');
}

/** The words of the first wave; later ones only where they changed. */
function wordsOf(row: ConcordanceRow, before: ConcordanceRow | undefined): string[] {
  const locales = [...new Set([...Object.keys(before?.question ?? {}), ...Object.keys(row.question)])];
  const words = locales.flatMap((locale) => changeOf(locale, before?.question[locale], row.question[locale]));
  const codes = [...new Set([...(before?.codes ?? []), ...(row.codes ?? [])].map(({ code }) => code))];
  const changes = codes.flatMap((code) => {
    const [was, is] = [labelOf(before?.codes, code), labelOf(row.codes, code)];
    const each = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])];
    return each.flatMap((locale) => changeOf(`${locale} ${code}`, was?.[locale], is?.[locale]));
  });
  const left = changes.length - MOST_CHANGES;
  return [
    ...words,
    ...changes.slice(0, MOST_CHANGES),
    ...(left > 0 ? [`and ${left} more words of options: see --json`] : []),
  ];
}

const labelOf = (codes: readonly ValueLabel[] | undefined, code: number) =>
  codes?.find((each) => each.code === code)?.label;

function changeOf(what: string, was: string | undefined, is: string | undefined): string[] {
  if (was === is) return [];
  return [was === undefined ? `${what}: ${is ?? ''}` : `${what}: ${was} → ${is ?? '(not offered)'}`];
}

const arrows = (recode: Record<string, number>): string =>
  Object.entries(recode)
    .map(([from, to]) => `${from} → ${to}`)
    .join(', ');
