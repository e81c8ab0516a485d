import { ContactService } from '../../../../src/contact/contact.service.js';
import { addDays, HOUR_MS } from '../../../../src/kit/clock.js';
import { openWave } from '../../../make/app.js';
import { actsIn } from './acts.js';
import { attempts, disagreements, dryRun, type Line, nameOf } from './outlook.js';
import { CAMPAIGN_DAYS, LETTERS, WAVES, type WaveLetter } from './study.js';
import { aTown, BEGINS, type Town } from './town.js';

/** How often each thing happened, so that a test can tell that it was tried at all. */
export type Tally = Map<string, number>;
type Looks = Awaited<ReturnType<typeof attempts>>;

const NEWCOMERS_ON = [5, 11];
const HELD_BACK = { from: 8, to: 9 };
const EDITED_ON = 4;
const MEMBERS_ASKED = 1;
/** What waits for these may only be told when it is looked at again. */
const LOOKED_AT_AGAIN: ReadonlySet<string> = new Set(['condition', 'paused', 'study_paused']);

/**
 * Lives through a campaign. At each instant the dry run is asked, then the sweep and the senders run, and both are compared.
 * @returns every disagreement, in words, and what has happened
 */
export async function liveThrough(seed: number, people: number): Promise<{ found: string[]; tally: Tally }> {
  const town = await aTown(seed, people);
  try {
    return await new Campaign(town).run();
  } finally {
    await town.close();
  }
}

class Campaign {
  private readonly acts = actsIn(this.town);
  private readonly tally: Tally = new Map();
  private readonly found: string[] = [];
  private readonly open: WaveLetter[] = ['a'];
  /** What is done once, on a day of the campaign. */
  private readonly agenda: { day: number; act: () => Promise<unknown> }[] = [
    ...NEWCOMERS_ON.map((day) => ({ day, act: () => this.welcome() })),
    { day: EDITED_ON, act: () => this.acts.editPlan() },
    { day: HELD_BACK.from, act: () => this.acts.holdBack() },
    { day: HELD_BACK.to, act: () => this.acts.letGo() },
  ];

  /** Waves that staff open at the next look, some of them again: who came later gets a case by that. */
  private opening: WaveLetter[] = [];

  constructor(private readonly town: Town) {}

  async run() {
    const { clock, random } = this.town;
    const ends = addDays(BEGINS, CAMPAIGN_DAYS);
    let promised: Line[] = [];
    let looks = await attempts(this.town);
    let next = BEGINS;
    while (next < ends) {
      this.opening = LETTERS.filter(
        (letter) => !this.open.includes(letter) && addDays(BEGINS, WAVES[letter]) <= next,
      );
      this.open.push(...this.opening);
      const isQuiet = random() < 0.5 && this.opening.length === 0 && !this.dueActs(next);
      const foretold = isQuiet ? await dryRun(this.town, this.open, next) : undefined;
      if (!isQuiet && next > BEGINS) await this.act(next);
      clock.moveTo(next);
      const lines = await this.look(next);
      if (foretold) this.compare('foretold otherwise', next, foretold, lines);
      if (isQuiet) this.keeps(promised, looks, lines, next);
      looks = await attempts(this.town);
      promised = await dryRun(this.town, this.open, next);
      for (const line of promised)
        if (line.decision.kind === 'send')
          this.say(next, `${nameOf(line)}: still to be sent after the sweep`);
      next = this.after(next, promised);
    }
    return { found: this.found, tally: this.tally };
  }

  /** The dry run of an instant, and what comes of it at once. */
  private async look(at: Date): Promise<Line[]> {
    const before = await attempts(this.town);
    const lines = await dryRun(this.town, this.open, at);
    await this.tellsWhy(lines, at);
    for (const letter of this.opening) await openWave(this.town.services, this.town.study, letter);
    await this.town.deliver();
    const arrived = await this.town.arrivals();
    const after = await attempts(this.town);

    const said = lines
      .filter(({ decision }) => decision.kind === 'send')
      .map((line) => `${nameOf(line).replace(/asked-\d+$/, 'asked')} by ${line.channel} in ${line.locale}`);
    const came = arrived.map((one) => `${nameOf(one)} by ${one.channel} in ${one.locale}`);
    for (const each of said) if (!came.includes(each)) this.say(at, `${each}: said to go, did not arrive`);
    for (const each of came) if (!said.includes(each)) this.say(at, `${each}: arrived, was not said to go`);
    if (new Set(came).size < came.length) this.say(at, 'something arrived twice');
    for (const each of disagreements(lines, before, after, at)) this.say(at, each);
    for (const { decision, channel } of lines)
      this.count(decision.kind === 'send' ? `send ${channel}` : `${decision.kind} ${decision.reason}`);
    this.acts.received(arrived);
    return lines;
  }

  /** `contacts why` says of a member's messages what the dry run says of each wave. */
  private async tellsWhy(lines: readonly Line[], at: Date): Promise<void> {
    for (let asked = 0; asked < MEMBERS_ASKED; asked += 1) {
      const memberId = this.town.pick(this.town.members);
      const why = await this.town.services(ContactService).messagesOf(memberId, at);
      for (const { letter, step, state, outlook } of why) {
        const line = lines.find(
          (one) => one.memberId === memberId && one.wave === letter && one.step === step,
        );
        if (state !== 'planned' || !this.open.includes(letter as WaveLetter)) continue;
        if (JSON.stringify(line?.decision) !== JSON.stringify(outlook))
          this.say(
            at,
            `${memberId} ${letter}/${step}: why says ${outlook.kind}, the dry run ${line?.decision.kind}`,
          );
      }
    }
  }

  /**
   * Where nothing happens but that time passes, what waits for an instant waits for the same one until then. Nothing is said of what a
   * sweep would have looked at in between, which goes by what it finds at that instant, nor of whoever gets another message just now.
   */
  private keeps(promised: readonly Line[], looks: Looks, lines: readonly Line[], at: Date): void {
    const now = new Map(lines.map((line) => [nameOf(line), line.decision]));
    const written = new Set(lines.flatMap((line) => (line.decision.kind === 'send' ? [line.memberId] : [])));
    for (const line of promised) {
      if (written.has(line.memberId)) continue;
      const { decision } = line;
      const look = looks.get(nameOf(line))?.due;
      if (decision.kind !== 'wait' || decision.until <= at || !look || look < at) continue;
      if (LOOKED_AT_AGAIN.has(decision.reason)) continue;
      const kept = now.get(nameOf(line));
      if (kept?.kind === 'wait' && kept.reason === 'condition') continue; // asked only once the step is due
      if (kept?.kind === 'suppress' && kept.reason === 'condition_false') continue;
      if (
        kept?.kind !== 'wait' ||
        kept.until.getTime() !== decision.until.getTime() ||
        kept.reason !== decision.reason
      )
        this.say(
          at,
          `${nameOf(line)}: ${said(line)} was promised, and is ${kept ? said({ ...line, decision: kept }) : 'gone'}`,
        );
      else this.count('promise kept');
    }
  }

  private compare(what: string, at: Date, one: readonly Line[], other: readonly Line[]): void {
    const lines = (all: readonly Line[]) => all.map((line) => JSON.stringify(line)).sort();
    const [a, b] = [lines(one), lines(other)];
    for (const [index, line] of a.entries())
      if (line !== b[index]) return this.say(at, `${what}: ${line} / ${b[index]}`);
    this.count(what.replace('otherwise', 'rightly'));
  }

  /** People act at instants of their own, between two looks. */
  private async act(before: Date): Promise<void> {
    const { clock, random } = this.town;
    const between = before.getTime() - clock.now().getTime();
    clock.moveTo(new Date(clock.now().getTime() + Math.floor(random() * between)));
    for (const due of this.agenda.filter(({ day }) => addDays(BEGINS, day) <= before)) {
      await due.act();
      this.agenda.splice(this.agenda.indexOf(due), 1);
    }
    await this.town.haveSaid();
    for (let acts = 1 + Math.floor(random() * 4); acts > 0; acts -= 1) {
      const act = await this.acts.oneMore();
      if (act !== undefined) this.count(`act: ${act}`);
    }
  }

  private dueActs = (before: Date) => this.agenda.some(({ day }) => addDays(BEGINS, day) <= before);

  private async welcome(): Promise<void> {
    await this.town.settle(2, ['one']);
    this.opening = ['a'];
  }

  /** Some hours later, or a moment after something was said to change, or before. */
  private after(at: Date, promised: readonly Line[]): Date {
    const { pick, random } = this.town;
    const later = new Date(at.getTime() + (4 + random() * 3) * HOUR_MS);
    const changes = promised.flatMap(({ decision }) =>
      decision.kind === 'wait' && decision.until < later && decision.until.getTime() - 1 > at.getTime()
        ? [decision.until]
        : [],
    );
    if (changes.length === 0 || random() < 0.6)
      return new Date(Math.floor(later.getTime() / 60_000) * 60_000);
    return new Date(pick(changes).getTime() - pick([-1, -1, -1, 1]));
  }

  private say(at: Date, what: string): void {
    this.found.push(`${at.toISOString()} ${what}`);
  }

  private count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }
}

const said = ({ decision }: Pick<Line, 'decision'>): string =>
  decision.kind === 'wait'
    ? `wait ${decision.reason} until ${decision.until.toISOString()}`
    : `${decision.kind} ${decision.kind === 'send' ? '' : decision.reason}`;
