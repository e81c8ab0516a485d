import type { Work } from './work.js';

/** One refused answer: where it is, the stable short code of the rule it breaks, and what to do about it. */
export interface AnswerFinding {
  /** Value name of the item at the top level; empty for what belongs to no item. */
  item: string;
  path: string;
  rule: Rule;
  /** An English sentence that tells what to do; it never repeats the answer. */
  message: string;
}

/** What the check says of one set of answers. */
export interface Verdict {
  ok: boolean;
  findings: AnswerFinding[];
  /** Canonical: without blanks, computed values recomputed, keys in the questionnaire's order. */
  answers: Record<string, unknown>;
  /** Paths of answers left out because routing hides them (drafts only). */
  dropped: string[];
  /** True for what routing hides, children of hidden parents included: page, panel, item, row, column, choice. */
  inapplicable: (path: string) => boolean;
}

/** What answers are checked with, besides the questionnaire. */
export interface CheckContext {
  /** The moment that `today()` and its like mean; they take its date in UTC. */
  now: Date;
  /** Answers of earlier waves: `{prev.country}`. */
  prev?: Record<string, unknown>;
  /** Further variables that expressions may name; the names of items and computed values win over them. */
  variables?: Record<string, unknown>;
  /** What expressions may cost; the usual limit where it is left out. */
  work?: Work;
}

const SENTENCES = {
  too_costly: 'Send fewer entries; these answers cannot be checked in reasonable time.',
  not_an_object: 'Send the answers as one JSON object of item names and values.',
  too_deep: 'Send answers that nest at most 32 levels deep.',
  too_large: 'Send answers of at most 256 KiB.',
  forbidden_key: 'Remove this key; no item may be called so.',
  forbidden_character: 'Remove the invisible control character from this text.',
  unknown_key: 'Remove this key; the questionnaire has no such item.',
  wrong_type: 'Send a value of the kind that this item stores.',
  not_a_choice: 'Choose among the listed answers.',
  disabled_choice: 'Choose another answer; this one cannot be chosen at present.',
  exclusive_choice: 'Choose either this answer alone or others without it.',
  duplicate: 'Give each answer only once.',
  incomplete: 'Put all the listed answers in order.',
  too_long: 'Shorten this text.',
  too_short: 'Write a little more.',
  too_many: 'Give fewer answers here.',
  too_few: 'Give more answers here.',
  out_of_range: 'Give a value inside the limits of this item.',
  wrong_step: 'Give a value that fits the steps of this item.',
  pattern: 'Write this in the form that the item asks for.',
  invalid: 'Correct this answer; it fails a check of this item.',
  hidden: 'Remove this answer; the item does not apply with the other answers given.',
  read_only: 'Remove this answer; the item cannot be changed.',
  required: 'Answer this item.',
  comment_required: 'Write a few words beside the chosen answer.',
  refused_and_answered: 'Either answer this item or decline it, not both.',
  not_refusable: 'Answer this item; it cannot be declined.',
} as const;

export type Rule = keyof typeof SENTENCES;

const ENOUGH = 100;

/** Collects the findings of one check; stops listening after a hundred. */
export class Findings {
  readonly list: AnswerFinding[] = [];
  readonly dropped: string[] = [];
  constructor(readonly draft: boolean) {}

  get full(): boolean {
    return this.list.length >= ENOUGH;
  }

  add(item: string, path: string, rule: Rule): void {
    if (!this.full) this.list.push({ item, path, rule, message: SENTENCES[rule] });
  }

  /** Something that routing hides was answered: a draft leaves it out, a submission is refused. */
  hidden(item: string, path: string, rule: Rule = 'hidden'): void {
    if (this.draft) this.dropped.push(path);
    else this.add(item, path, rule);
  }
}
