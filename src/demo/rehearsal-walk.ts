import { containerShown, readForm } from '../questionnaire/check/check-form.js';
import { type FormState, isBlank, type Item, type Place } from '../questionnaire/check/domain.js';
import { rootScope, startRun } from '../questionnaire/check/routing-run.js';
import { type AnswerFinding, Findings, type Verdict } from '../questionnaire/check/verdict.js';
import { type CaseFeed, compare, type Compared, prevVariable } from '../questionnaire/feed/fed.js';
import { type RehearsedWave } from './rehearsal.js';
import { isValueOf, ownVariable } from '../response/case-feed.js';
import { type Synthetic } from './rehearsal-people.js';
import { type Wish } from './rehearsal-wishes.js';

/** How a member went through a questionnaire, page by page. */
export interface Walk {
  /** The form as it stood at the end, with what was shown. */
  state: FormState;
  /** Names of the pages on which something was shown, in order. */
  pages: string[];
  compared: Compared;
  /** Shown items that had no choice. */
  withoutChoice: { item: string; required: boolean }[];
  /** Wishes that the item refused, by the rule that was broken. */
  refusedWishes: { item: string; rule: string }[];
  verdict: Verdict;
  /** What the check still refuses after answers were given again; none where the member left half-way. */
  refused: AnswerFinding[];
  /** What was refused of items that could only be declined in the end. */
  declinedOnly: AnswerFinding[];
}

export interface Walking {
  wave: RehearsedWave;
  member: Synthetic;
  feed: CaseFeed;
  now: Date;
  wishes: (name: string) => Wish;
  /** Share of the pages after which the member leaves; 1 for those who go to the end. */
  leavesAfter: number;
}

const ROUNDS = 8;
const PATIENCE = 4;
const BLANK_SHARE = 0.06;
const REFUSED_SHARE = 0.03;
const CHOICES = new Set([
  'radiogroup',
  'dropdown',
  'checkbox',
  'tagbox',
  'buttongroup',
  'imagepicker',
  'ranking',
]);

/**
 * Walks a member through a questionnaire: on each page the items that are visible given the answers so far, compared with earlier
 * answers after each page as the server does, and checked at the end. What the check refuses is answered again, a few times.
 */
export function walk(walking: Walking): Walk {
  const going = new Going(walking);
  going.walkPages();
  for (let round = 0; ; round++) {
    const verdict = going.check();
    const open = walking.leavesAfter < 1 ? [] : verdict.findings;
    const retry = open.filter(({ item }) => !going.withoutChoice.has(item));
    if (retry.length === 0 || round === ROUNDS) return going.walked(verdict, retry);
    for (const finding of retry) going.forget(finding);
    going.walkPages();
  }
}

class Going {
  private readonly answers: Record<string, unknown> = {};
  private readonly asked = new Set<string>();
  private readonly tried = new Map<string, number>();
  private readonly lastRefused = new Map<string, AnswerFinding>();
  private readonly refusedWishes = new Map<string, string>();
  private compared: Compared = {};
  private prev: Record<string, unknown>;
  private state: FormState;
  private pages: string[] = [];
  /** By item, whether an answer was required. */
  readonly withoutChoice = new Map<string, boolean>();

  constructor(private readonly at: Walking) {
    this.prev = this.earlier();
    this.state = this.read();
  }

  walkPages(): void {
    const { form } = this.at.wave.check;
    const pages = form.containers.flatMap(({ parent }, index) => (parent < 0 ? [index] : []));
    const last = Math.max(1, Math.ceil(pages.length * this.at.leavesAfter));
    this.pages = [];
    for (const page of pages.slice(0, last)) {
      const on = form.items.flatMap((item, index) => (pageOf(this.state, item) === page ? [index] : []));
      for (let open = this.openOf(on); open.length > 0; open = this.openOf(on)) {
        for (const index of open) this.answer(form.items[index] as Item, this.state.places[index] as Place);
        this.compareWithEarlier();
        this.state = this.read();
      }
      if (containerShown(this.state, page) && on.some((index) => this.state.shown[index]))
        this.pages.push(form.containers[page]?.name ?? '');
    }
  }

  /** As it is sent at the end: without what later answers have hidden. */
  check(): Verdict {
    const sent = { ...this.state.scope.values };
    for (const item of this.at.wave.check.form.items) if (item.computed) delete sent[item.key];
    for (const { name } of this.at.wave.check.form.computed) delete sent[name];
    const { check } = this.at.wave;
    const context = this.context();
    return this.at.leavesAfter < 1 ? check.checkDraft(sent, context) : check.checkSubmission(sent, context);
  }

  /** An answer that was refused is given anew. */
  forget(finding: AnswerFinding): void {
    const { item } = finding;
    this.lastRefused.set(item, finding);
    const found = this.at.wave.check.form.items.find(({ key }) => key === item);
    for (const key of [item, found?.comment?.key, found?.refusedKey])
      if (key !== undefined) delete this.answers[key];
    this.asked.delete(item);
    this.tried.set(item, (this.tried.get(item) ?? 0) + 1);
  }

  walked(verdict: Verdict, refused: AnswerFinding[]): Walk {
    return {
      state: this.state,
      pages: this.pages,
      compared: this.compared,
      withoutChoice: [...this.withoutChoice].map(([item, required]) => ({ item, required })),
      refusedWishes: [...this.refusedWishes].map(([item, rule]) => ({ item, rule })),
      verdict,
      refused,
      declinedOnly:
        refused.length > 0
          ? []
          : [...this.lastRefused.values()].filter(({ item }) => (this.tried.get(item) ?? 0) > PATIENCE),
    };
  }

  private openOf(items: readonly number[]): number[] {
    const { form } = this.at.wave.check;
    return items.filter((index) => {
      const item = form.items[index] as Item;
      return this.state.shown[index] && !item.computed && !this.asked.has(item.key);
    });
  }

  private answer(item: Item, at: Place): void {
    this.asked.add(item.key);
    const tried = this.tried.get(item.key) ?? 0;
    const must = item.required || item.requiredIf?.(at.scope) === true;
    const { random } = this.at.member;
    const wish = tried > 0 ? undefined : this.at.wishes(item.name);
    if (wish === 'blank' && !must) return;
    if (
      tried > PATIENCE ||
      wish === 'refuse' ||
      (wish === undefined && tried === 0 && random() < REFUSED_SHARE)
    )
      if (this.decline(item)) return;
    if (wish === undefined && !must && (tried > PATIENCE || (tried === 0 && random() < BLANK_SHARE))) return;
    if (typeof wish === 'object' && this.takes(item, wish, at)) return this.give(item, wish.value);
    const value = item.domain.sample(random, at);
    if (value !== undefined) return this.give(item, value);
    if (CHOICES.has(item.domain.kind)) this.withoutChoice.set(item.key, must);
  }

  /** Whether the item accepts what the member wishes to say; where they lived it and it does not, that is noted. */
  private takes(item: Item, { value, lived }: Exclude<Wish, string | undefined>, at: Place): boolean {
    if (isBlank(value)) return false;
    const findings = new Findings(false);
    item.domain.read(value, { ...at, findings });
    const [first] = findings.list;
    if (first && lived) this.refusedWishes.set(item.key, `${first.path}: ${first.rule}`);
    return first === undefined;
  }

  private give(item: Item, value: unknown): void {
    this.answers[item.key] = value;
    if (item.comment?.needed(value)) this.answers[item.comment.key] = 'Synthetic';
  }

  private decline(item: Item): boolean {
    const refused = ownVariable(this.at.wave.variables, item.key)?.source.refused[0];
    if (item.refusedKey !== undefined) this.answers[item.refusedKey] = true;
    else if (refused !== undefined) this.answers[item.key] = refused;
    return item.refusedKey !== undefined || refused !== undefined;
  }

  private compareWithEarlier(): void {
    const { wave, feed } = this.at;
    const compared = compare(wave.feeds, feed, this.answers, this.compared, (item, value) =>
      isValueOf(wave, item, value),
    );
    if (JSON.stringify(compared) === JSON.stringify(this.compared)) return;
    this.compared = compared;
    this.prev = this.earlier();
  }

  private earlier(): Record<string, unknown> {
    return prevVariable(this.at.feed, this.compared, this.at.member.locales.now);
  }

  private context() {
    return { now: this.at.now, prev: this.prev };
  }

  private read(): FormState {
    const scope = rootScope(startRun(this.context()));
    return readForm(this.at.wave.check.form, this.answers, scope, '', '', new Findings(true));
  }
}

/** The page that an item stands on, as the index of its outermost container. */
function pageOf({ form }: FormState, { container }: Item): number {
  let at = container;
  for (let parent = at; parent >= 0; parent = form.containers[at]?.parent ?? -1) at = parent;
  return at;
}
