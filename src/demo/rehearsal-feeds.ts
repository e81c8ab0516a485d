import { type Variable } from '../questionnaire/variable/variable.js';
import { PLACE } from '../questionnaire/variable/variable-feed.js';
import { type RehearsalFindings, type RehearsedWave } from './rehearsal.js';
import { ownVariable } from '../response/case-feed.js';

/** What the questionnaires themselves tell of earlier answers that cannot be fed. */
export function checkFeeds(
  wave: RehearsedWave,
  before: readonly RehearsedWave[],
  locales: readonly string[],
  findings: RehearsalFindings,
): void {
  const surveys = before.filter(({ file }) => file.kind !== 'check-in');
  for (const { item, from } of wave.feeds) {
    const own = ownVariable(wave.variables, item);
    const sources = surveys.flatMap((earlier) => {
      const variable = ownVariable(earlier.variables, from);
      return variable ? [{ wave: earlier.file.id, variable }] : [];
    });
    if (sources.length === 0)
      findings.add(
        'fault',
        'feed_unasked',
        item,
        `No survey before this wave asks ${from}, so ${item} is never fed. Correct feedFrom, or take feedMode away.`,
      );
    for (const source of sources) if (own) checkSource(item, own, source, locales, findings);
  }
  checkPlace(wave, before, findings);
}

function checkSource(
  item: string,
  own: Variable,
  { wave, variable }: { wave: string; variable: Variable },
  locales: readonly string[],
  findings: RehearsalFindings,
): void {
  if (variable.type !== own.type)
    findings.add(
      'fault',
      'feed_type',
      item,
      `Wave ${wave} stores ${variable.item} as ${variable.type}, and this wave as ${own.type}. Ask it in an item of its own.`,
    );
  for (const { value, label } of variable.values ?? []) {
    if (own.values && !own.values.some((each) => each.value === value))
      findings.add('fault', 'feed_value_gone', item, valueIsGone(item, value));
    for (const locale of locales)
      if (!label[locale]?.trim())
        findings.add(
          'fault',
          'words_missing',
          item,
          `Wave ${wave} has no words in ${locale} for “${String(value)}” of ${variable.item}. Translate the choice.`,
        );
  }
}

/** What is said of an earlier answer that is no choice any more. */
export const valueIsGone = (item: string, value: unknown): string =>
  `“${String(value)}” was a choice of an earlier wave and is none of ${item} any more, so whoever gave it is fed nothing. Keep the choice.`;

function checkPlace(
  wave: RehearsedWave,
  before: readonly RehearsedWave[],
  findings: RehearsalFindings,
): void {
  const asks = ({ check }: RehearsedWave, name: string) =>
    check.form.items.some((item) => item.name === name);
  if (!asks(wave, PLACE.by) || before.some((earlier) => asks(earlier, 'spells'))) return;
  findings.add(
    'fault',
    'feed_unasked',
    PLACE.by,
    `No wave before this one asks for places lived in, so ${PLACE.by} is never shown. Add the residence module to an earlier wave.`,
  );
}
