import { ContactService } from '../../../../src/contact/contact.service.js';
import { type PlannedContact } from '../../../../src/contact/planned-contact.js';
import { type Town, waveIdOf } from './town.js';
import { type WaveLetter } from './study.js';

/** A line of a dry run, with the wave that it is about. */
export type Line = PlannedContact & { wave: WaveLetter };

/** An attempt as the tables have it. */
export interface Attempt {
  member: string;
  wave: string;
  step: string;
  state: string;
  channel: string;
  locale: string | null;
  due: Date;
  sent: Date | null;
  reason: string | null;
}

export const nameOf = ({
  memberId,
  wave,
  step,
}: {
  memberId: string;
  wave: string;
  step?: string | undefined;
}) => `${memberId} ${wave}/${step ?? '-'}`;

export async function dryRun(town: Town, waves: readonly WaveLetter[], at: Date): Promise<Line[]> {
  const lines: Line[] = [];
  for (const wave of waves)
    for await (const line of town.services(ContactService).dryRun(waveIdOf(wave), at))
      lines.push({ ...line, wave });
  return lines;
}

/** By `nameOf`. */
export async function attempts(town: Town): Promise<Map<string, Attempt>> {
  const rows = await town.rows<Attempt>(
    `SELECT a.member_id AS member, w.letter AS wave, a.step, a.state, a.channel, a.locale, a.due_at AS due, a.sent_at AS sent,
            a.reason
     FROM contact_attempt a JOIN wave w ON w.id = a.wave_id`,
  );
  return new Map(rows.map((row) => [nameOf({ memberId: row.member, wave: row.wave, step: row.step }), row]));
}

/**
 * What the dry run of an instant says and the sweep of the same instant has made otherwise.
 * @param before  the attempts when the dry run was made
 */
export function disagreements(
  lines: readonly Line[],
  before: ReadonlyMap<string, Attempt>,
  after: ReadonlyMap<string, Attempt>,
  at: Date,
): string[] {
  const told = new Set<string>();
  const found = lines.flatMap((line) => {
    told.add(nameOf(line));
    const said = saidOf(line);
    const became = becameOf(line, before, after, at);
    return became === undefined || became === said
      ? []
      : [`${nameOf(line)}: said "${said}", became "${became}"`];
  });
  const waves = new Set<string>(lines.map(({ wave }) => wave));
  const untold = [...after].flatMap(([name, { state, wave }]) => {
    const wasPlanned = !before.has(name) || before.get(name)?.state === 'planned';
    return waves.has(wave) && wasPlanned && !told.has(name)
      ? [`${name}: not told of, became "${state}"`]
      : [];
  });
  return [...found, ...untold];
}

const saidOf = ({ decision, channel, locale }: Line): string => {
  switch (decision.kind) {
    case 'send':
      return `sent by ${channel} in ${locale}`;
    case 'wait':
      return `waits until ${decision.until.toISOString()}: ${decision.reason}`;
    case 'suppress':
      return `not: ${decision.reason}`;
    case 'past':
      return `past: ${decision.reason}`;
    case 'no_case':
      return 'no case';
  }
};

/** @returns undefined where the sweep has not looked at it, and need not have */
function becameOf(
  line: Line,
  before: ReadonlyMap<string, Attempt>,
  after: ReadonlyMap<string, Attempt>,
  at: Date,
): string | undefined {
  const { decision } = line;
  if (decision.kind === 'no_case')
    return [...after.values()].some(({ member, wave }) => member === line.memberId && wave === line.wave)
      ? 'a case'
      : 'no case';
  const attempt = after.get(nameOf(line));
  if (!attempt) return 'nothing';
  if (decision.kind === 'past') return `past: ${attempt.state}`;
  const earlier = before.get(nameOf(line));
  const wasLookedAt = earlier
    ? earlier.due <= at
    : attempt.state !== 'planned' || attempt.due <= at || attempt.reason !== null;
  if (!wasLookedAt) return notLookedAt(line, attempt);
  switch (attempt.state) {
    case 'sent':
      return attempt.sent?.getTime() === at.getTime()
        ? `sent by ${attempt.channel} in ${attempt.locale}`
        : 'sent before';
    case 'planned':
      return `waits until ${attempt.due.toISOString()}: ${attempt.reason}`;
    case 'failed': // it came back before, and now there is no other channel
      return 'not: no_channel';
    default:
      return `not: ${attempt.reason}`;
  }
}

/** What was not due to be looked at stays as it is, and will be looked at in time for what was said. */
function notLookedAt({ decision }: Line, { state, due }: Attempt): string | undefined {
  if (state !== 'planned') return state;
  // While the study is held back each hour is told as the next look, though what is not due is not looked at before it is.
  const isHeldBack = decision.kind === 'wait' && decision.reason === 'study_paused';
  if (decision.kind === 'send' || (decision.kind === 'wait' && due > decision.until && !isHeldBack))
    return `looked at again at ${due.toISOString()} only`;
  return undefined;
}
