import {
  KIND_WORDS,
  KINDS,
  type Rehearsal,
  type RehearsalFinding,
  type RehearsedMessage,
} from './rehearsal.js';

/** A rehearsal as plain text for a terminal: the counts, what is to be mended, and then every item and every message. */
export function rehearsalText(rehearsal: Rehearsal): string {
  const { findings, items, messages } = rehearsal;
  const faults = findings.filter(({ level }) => level === 'fault');
  const warnings = findings.filter(({ level }) => level === 'warning');
  return `${[
    counts(rehearsal),
    section(`To mend: ${faults.length}`, faults.map(findingLine)),
    section(`To look at: ${warnings.length}`, warnings.map(findingLine)),
    section(
      'Items, by how many reached them',
      items.map(
        ({ item, reached, routing }) =>
          `${String(reached).padStart(6)}  ${item}${routing ? `  if ${routing}` : ''}`,
      ),
    ),
    section('Messages, in the time of whom they are for', messages.map(messageLine)),
    section(
      'No case, and why',
      rehearsal.notIssued.map(({ member, kind, why }) => `#${member} (${KIND_WORDS[kind]}): ${why}`),
    ),
  ]
    .filter(Boolean)
    .join('\n\n')}\n`;
}

function counts({
  study,
  wave,
  people,
  seed,
  opensAt,
  closesAt,
  kinds,
  endings,
  messages,
  ok,
}: Rehearsal): string {
  const issued = KINDS.reduce((sum, kind) => sum + kinds[kind].issued, 0);
  const sent = messages.filter((message) => message.sent);
  return [
    `Rehearsal of wave ${wave} of ${study} with ${people} synthetic members (seed ${seed}). Nothing was stored or sent.`,
    `It opens on ${opensAt.slice(0, 10)} and closes on ${closesAt.slice(0, 10)}.`,
    ok ? 'Nothing stands against opening it.' : 'It should not be opened yet: see what is to be mended.',
    '',
    `${issued} get a case, ${people - issued} do not:`,
    ...KINDS.map(
      (kind) => `${String(kinds[kind].issued).padStart(6)} of ${kinds[kind].people}  ${KIND_WORDS[kind]}`,
    ),
    `They end with: ${listed(endings)}.`,
    `${sent.length} of ${messages.length} planned messages go out: ${listed(tally(sent, ({ step, locale }) => `${step} ${locale}`))}.`,
    ...(sent.length < messages.length
      ? [
          `The others do not: ${listed(
            tally(
              messages.filter((message) => !message.sent),
              ({ why = '' }) => why,
            ),
          )}.`,
        ]
      : []),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`;

const findingLine = ({ kind, sentence, members, example }: RehearsalFinding): string =>
  `${sentence} [${kind}]${members > 0 && example ? ` (${members} met it, first one who ${KIND_WORDS[example]})` : ''}`;

const messageLine = ({ member, kind, step, locale, local, why }: RehearsedMessage): string =>
  `#${member} (${KIND_WORDS[kind]})  ${step} ${locale}  ${local}${why === undefined ? '' : `  not: ${why}`}`;

function tally<One>(all: readonly One[], by: (one: One) => string): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const one of all) counted[by(one)] = (counted[by(one)] ?? 0) + 1;
  return counted;
}

const listed = (counted: Record<string, number>): string =>
  Object.entries(counted)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ') || 'none';
