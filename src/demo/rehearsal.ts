import { type CompiledQuestionnaire } from '../questionnaire/check/check.js';
import { type Feed } from '../questionnaire/feed/feed.js';
import { type Variable } from '../questionnaire/variable/variable.js';
import { type StudyFile, type WaveFile } from '../study/study.js';

/** A wave with its questionnaire, ready to be answered. */
export interface RehearsedWave {
  file: WaveFile;
  json: object;
  check: CompiledQuestionnaire;
  variables: readonly Variable[];
  feeds: readonly Feed[];
}

/** What is rehearsed: the last of these waves, by people who lived through the others. */
export interface RehearsalPlan {
  study: StudyFile;
  /** In the order of time; the last one is rehearsed. */
  waves: readonly RehearsedWave[];
  opensAt: Date;
  /** Whether staff have paused the study's messages. */
  paused: boolean;
  people: number;
  seed: number;
}

/** Histories that a wave must fit. */
export const KINDS = [
  'never_missed',
  'skipped_wave',
  'moved_twice',
  'moved_back',
  'withdrew_mid_wave',
  'changed_language',
  'unknown_dates',
  'disputed_record',
  'refused_sensitive',
  'newcomer',
  'first_time_partial',
] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_WORDS: Record<Kind, string> = {
  never_missed: 'never missed a wave',
  skipped_wave: 'skipped a wave',
  moved_twice: 'moved twice since the last interview',
  moved_back: 'moved away and back',
  withdrew_mid_wave: 'withdraws in the middle of the wave',
  changed_language: 'changed language',
  unknown_dates: 'does not remember when they moved',
  disputed_record: 'disputes what was recorded',
  refused_sensitive: 'refuses whatever is sensitive',
  newcomer: 'came with a refreshment sample',
  first_time_partial: 'broke off their first interview',
};

/** A message of the contact plan and what becomes of it. */
export interface RehearsedMessage {
  /** Number of the synthetic member. */
  member: number;
  kind: Kind;
  step: string;
  locale: string;
  sent: boolean;
  /** When it goes out, or when it is decided that it does not (ISO 8601). */
  at: string;
  /** The same in the member's own time, with its zone. */
  local: string;
  /** Why it does not go out, in words for staff. */
  why?: string;
}

/** A question, as often as it was shown. */
export interface RehearsedItem {
  /** Its name, with the panel before the items of an entry: `spells[].sp_year`. */
  item: string;
  page: string;
  reached: number;
  /** The conditions on its way, joined; null where there are none. */
  routing: string | null;
}

export type FindingKind =
  /** Nobody gets a case. */
  | 'nobody_issued'
  /** Nobody with a certain history gets a case. */
  | 'history_left_out'
  /** Nobody was shown the item. */
  | 'item_unreached'
  /** No earlier wave asks what is fed. */
  | 'feed_unasked'
  /** The earlier answer has another type. */
  | 'feed_type'
  /** An earlier answer is no choice of this questionnaire any more. */
  | 'feed_value_gone'
  /** A fed answer has no words in a language. */
  | 'words_missing'
  /** A text shows a `{…}` for which there is nothing to put in. */
  | 'text_unresolved'
  /** A shown item has no choice. */
  | 'no_choice'
  /** Nothing is left to answer after the consent. */
  | 'no_page'
  /** Complete answers, given as they were asked for, are refused. */
  | 'answers_refused'
  /** What a member would say cannot be said. */
  | 'answer_unavailable'
  /** A condition that is the same for everyone. */
  | 'condition_constant'
  /** The routing of an item reads an answer that comes after it. */
  | 'routing_backward'
  /** An expression names what there is not. */
  | 'unknown_name';

/** Something to mend (a fault) or to look at (a warning). */
export interface RehearsalFinding {
  level: 'fault' | 'warning';
  kind: FindingKind;
  /** The item, page or text that it is about. */
  where: string;
  sentence: string;
  /** How many synthetic members met it; 0 where it is read from the questionnaires. */
  members: number;
  /** The history of the first of them. */
  example?: Kind;
}

/** What a rehearsal found. Nothing of it is about anybody real. */
export interface Rehearsal {
  synthetic: true;
  study: string;
  wave: string;
  people: number;
  seed: number;
  opensAt: string;
  closesAt: string;
  /** False when there is a fault. */
  ok: boolean;
  kinds: Record<Kind, { people: number; issued: number }>;
  notIssued: { member: number; kind: Kind; why: string }[];
  /** How the questionnaires ended, by the event of the case. */
  endings: Record<string, number>;
  messages: RehearsedMessage[];
  items: RehearsedItem[];
  findings: RehearsalFinding[];
}

/** Gathers findings; what is found of several members is one finding. */
export class RehearsalFindings {
  private readonly found = new Map<string, RehearsalFinding & { by: Set<number> }>();

  add(
    level: RehearsalFinding['level'],
    kind: FindingKind,
    where: string,
    sentence: string,
    member?: { number: number; kind: Kind },
  ): void {
    const key = JSON.stringify([kind, where, sentence]);
    const one = this.found.get(key) ?? { level, kind, where, sentence, members: 0, by: new Set() };
    this.found.set(key, one);
    if (!member) return;
    one.by.add(member.number);
    one.example ??= member.kind;
  }

  /** Counts a member to what was found already; nothing where it was not. */
  count(kind: FindingKind, where: string, sentence: string, member: { number: number; kind: Kind }): void {
    const one = this.found.get(JSON.stringify([kind, where, sentence]));
    one?.by.add(member.number);
    if (one) one.example ??= member.kind;
  }

  /** Faults first, each in the order in which it was found. */
  list(): RehearsalFinding[] {
    const all = [...this.found.values()].map(
      ({ by, level, kind, where, sentence, example }): RehearsalFinding => ({
        level,
        kind,
        where,
        sentence,
        members: by.size,
        ...(example ? { example } : {}),
      }),
    );
    return [...all.filter(({ level }) => level === 'fault'), ...all.filter(({ level }) => level !== 'fault')];
  }
}
