import { classOf, responded } from './outcome-class.js';

/** A member through the waves. */
export interface PanelMember {
  /** The wave in which they entered the panel: their cohort, and the wave from which retention counts. */
  cohort: string;
  /** Host country on entry, ISO 3166-1 alpha-3. */
  country: string;
  /** The AAPOR final disposition by wave; absent or null where no case was issued. */
  codes: Readonly<Record<string, string | null | undefined>>;
  /** When it was first known that they had died or never belonged to the population, if it is. */
  ended?: { wave: string; reason: 'dead' | 'ineligible' };
  /** How many members are alike in all this; 1 unless told. */
  people?: number;
}

/** A rate with what it was made of. `rate` is a proportion in [0, 1], unrounded; null where the denominator is zero. */
export interface Share {
  numerator: number;
  denominator: number;
  rate: number | null;
}

export interface Retention {
  cohort: string;
  /** Absent where countries are counted together. */
  country?: string;
  wave: string;
  /** Respondents of the cohort's first wave. */
  base: number;
  /** E_t: the base without those known dead or ineligible by this wave. Those who withdrew stay in it. */
  eligible: number;
  /** resp_t / E_t. */
  unconditional: Share;
  /** Of those issued at t who had answered at t−1, the share that answered at t. */
  conditional: Share;
  /** Answered in every wave up to t / E_t. */
  balanced: Share;
  /** Of those in E_t issued at t who had not answered at t−1, the share that answered at t; no part of `conditional` or `balanced`. */
  reentry: Share;
}

/**
 * How many of a cohort's first respondents are still there, for each later wave; by entry cohort, and by country on entry if asked.
 * @param members  whoever has a cohort among the waves; those who did not answer their cohort's first wave are not counted
 * @param waves    the waves' names in the order of time
 * @param by       `cohort`, or `country` for each host country within each cohort
 * @throws UnknownDisposition for a code that is no AAPOR code
 * @see Lynn (ed.), Methodology of Longitudinal Surveys (2009), on attrition; AAPOR, Standard Definitions, 10th edition (2023), panels
 */
export function retention(
  members: Iterable<PanelMember>,
  waves: readonly string[],
  by: 'cohort' | 'country' = 'cohort',
): Retention[] {
  const groups = new Map<string, { cohort: string; country: string | undefined; members: PanelMember[] }>();
  for (const member of members) {
    const { cohort, codes } = member;
    if (!waves.includes(cohort) || !responded(codes[cohort] ?? null)) continue;
    const country = by === 'country' ? member.country : undefined;
    const key = `${waves.indexOf(cohort)} ${country ?? ''}`;
    const group = groups.get(key) ?? { cohort, country, members: [] };
    group.members.push(member);
    groups.set(key, group);
  }
  const inOrder = [...groups.values()].sort(
    (a, b) =>
      waves.indexOf(a.cohort) - waves.indexOf(b.cohort) || ((a.country ?? '') < (b.country ?? '') ? -1 : 1),
  );
  return inOrder.flatMap(({ cohort, country, members: base }) => {
    const first = waves.indexOf(cohort);
    return waves.slice(first + 1).map((wave, index): Retention => {
      const before = waves[first + index] ?? cohort;
      return {
        cohort,
        ...(country === undefined ? {} : { country }),
        wave,
        ...atWave(base, waves.slice(first, first + index + 2), before, wave),
      };
    });
  });
}

/** @param upTo  the cohort's waves up to and including `wave` */
function atWave(base: readonly PanelMember[], upTo: readonly string[], before: string, wave: string) {
  const answered = (member: PanelMember, at: string) => responded(member.codes[at] ?? null);
  const issued = ({ codes }: PanelMember) => (codes[wave] ?? null) !== null;
  const eligible = base.filter((member) => !isOutBy(member, upTo));
  const followed = base.filter((member) => issued(member) && answered(member, before));
  const missing = eligible.filter((member) => issued(member) && !answered(member, before));
  const now = (member: PanelMember) => answered(member, wave);
  return {
    base: peopleIn(base),
    eligible: peopleIn(eligible),
    unconditional: shareOf(eligible, now),
    conditional: shareOf(followed, now),
    balanced: shareOf(eligible, (member) => upTo.every((at) => answered(member, at))),
    reentry: shareOf(missing, now),
  };
}

/** Known by then to have died or to be ineligible: from what staff learnt, or from a case's own disposition. */
const isOutBy = ({ codes, ended }: PanelMember, upTo: readonly string[]): boolean =>
  (ended !== undefined && upTo.includes(ended.wave)) ||
  upTo.some((wave) => {
    const code = codes[wave] ?? null;
    return code !== null && (code === DEAD || classOf(code) === 'NE');
  });

const DEAD = '2.31';

function shareOf(members: readonly PanelMember[], counts: (member: PanelMember) => boolean): Share {
  const numerator = peopleIn(members.filter(counts));
  const denominator = peopleIn(members);
  return { numerator, denominator, rate: denominator === 0 ? null : numerator / denominator };
}

const peopleIn = (members: readonly PanelMember[]): number =>
  members.reduce((sum, { people = 1 }) => sum + people, 0);
