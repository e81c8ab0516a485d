import { type Person } from './people.js';
import { type Steer, strategyOf, writtenBy } from './answers.js';
import { names, type PlaceRow, rowFor, type Stay } from './whereabouts.js';

type Answers = Readonly<Record<string, unknown>>;

/** What a person knows when a later questionnaire asks them. */
export interface Asked {
  person: Person;
  /** Where they truly have lived up to now. */
  lived: readonly Stay[];
  /** What they are shown of earlier answers: the variable `prev` of their language. */
  prev: Answers;
  /** What they remember of their last answers, sensitive ones too. */
  said: Answers;
  locale: string;
  willing: boolean;
  /** A check-in asks for places without town and basis. */
  brief: boolean;
  random: () => number;
}

/** How often an answer is what it was, for those who still live in the same country. */
const SAME_AGAIN: Readonly<Record<string, number>> = {
  legal_status: 0.9,
  work_strategy: 0.88,
  lang_local: 0.85,
  onward_wish: 0.8,
};

/**
 * Steers the answers to a later wave or check-in: the truth about where they live, measured against what they are shown; mostly the
 * same as last time; what they agree to. Everything else is left to chance.
 */
export function steerFollowUp(asked: Asked): Steer {
  const { person, lived, prev, said, locale, willing, random } = asked;
  const home = lived.at(-1);
  const abroad = prev['place'] !== undefined && prev['place'] !== home?.country;
  const steered: Record<string, unknown> = {
    consent_take_part: willing ? 'yes' : 'no',
    country: home?.country,
    ...residence(asked),
    work_strategy: said['work_strategy'] ?? strategyOf(person.hostCountry, random),
    consent_recontact: person.fate || random() < 0.96 ? 'yes' : 'no',
    consent_email: random() < 0.97 ? 'yes' : 'no',
    contact_ok: random() < 0.95 ? 'yes' : 'no',
    ...initiative(asked),
  };
  for (const [item, share] of Object.entries(SAME_AGAIN)) {
    const again = random() < (abroad ? 0.3 : share);
    if (said[item] !== undefined) steered[item] = again ? said[item] : undefined;
  }
  if (random() < 0.85) steered['any_change'] = ['none'];
  const written = writtenBy(locale, random);
  const given = new Set<string>();
  return (item) => {
    const steers = Object.hasOwn(steered, item.name) && steered[item.name] !== undefined;
    if (!steers) return written(item);
    // What is asked a second time was refused: where they now live, it is no answer any more.
    if (given.has(item.name) && Object.hasOwn(SAME_AGAIN, item.name)) return undefined;
    given.add(item.name);
    return steered[item.name];
  };
}

/** What they say about the place that they are shown: still so, moved since (and where to), or never so. */
function residence({ lived, prev, locale, brief }: Asked): Answers {
  const home = lived.at(-1);
  const rows = (stays: readonly Stay[]): PlaceRow[] => stays.map((each) => rowFor(each, locale, { brief }));
  const shown = (prev['spells'] as readonly PlaceRow[] | undefined)?.at(-1);
  if (!home || !shown) return { spells: rows(lived) };
  if (names(shown, home)) return { res_same: 'same' };
  const last = lived.findLastIndex((stay) => names(shown, stay));
  if (last >= 0) return { res_same: 'moved', spells: rows(lived.slice(last + 1)) };
  return { res_same: 'wrong', spells_fix: rows(lived) };
}

/** Mostly the initiative that they have or lack is as it was; an answer that is asked for anew is another one. */
function initiative({ prev, said, random }: Asked): Answers {
  const chance = random();
  const shown = prev['init_has'];
  if (shown === undefined) return { init_has: chance < 0.85 ? said['init_has'] : undefined };
  if (chance < 0.88) return { init_same: 'same' };
  return {
    init_same: chance < 0.96 ? 'changed' : 'wrong',
    init_has: shown === 'no' ? 'now' : shown === 'now' ? 'past' : 'no',
  };
}

/** What someone remembers of their answers: single choices, without what they would rather not have said. */
export const remembered = (answers: Answers): Answers =>
  Object.fromEntries(
    Object.entries(answers).filter(
      ([, value]) => typeof value === 'string' && value !== 'refused' && value !== 'dontknow',
    ),
  );
