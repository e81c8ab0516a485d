import { addDays, dateOf } from '../kit/clock.js';
import { foldHistory } from '../residence/history.js';
import { openSpell } from '../residence/residence.js';
import { endingOf } from '../response/ending.js';
import { type StudyFile } from '../study/study.js';
import { issueFor } from '../wave/issue.js';
import { factsOfMember } from '../wave/member-facts.js';
import { closeOf, rulesOf } from '../wave/wave-rules.js';
import { windowIn } from '../wave/window.js';
import {
  type Kind,
  KIND_WORDS,
  KINDS,
  type Rehearsal,
  RehearsalFindings,
  type RehearsalPlan,
  type RehearsedWave,
} from './rehearsal.js';
import { checkFeeds, valueIsGone } from './rehearsal-feeds.js';
import { checkExpressions, checkTexts, Coverage } from './rehearsal-look.js';
import { messagesOf } from './rehearsal-messages.js';
import { type Outline, outlineOf } from './rehearsal-outline.js';
import { feedFor, firstDay, type Past, pastOf } from './rehearsal-past.js';
import { type Synthetic, syntheticMembers } from './rehearsal-people.js';
import { type Walk, walk } from './rehearsal-walk.js';
import { type Asked, wishesOf } from './rehearsal-wishes.js';

/** From so many people on, chance alone does not explain an item that nobody met. */
const ENOUGH = 200;
/** Where those who withdraw leave the questionnaire. */
const MID_WAVE = 0.4;

/**
 * Rehearses the last of the waves with synthetic members of awkward histories, before it opens: who gets a case, what they are sent,
 * what they are shown, and where they cannot go on. The same plan gives the same rehearsal.
 * @throws InvalidEligibility, InvalidWindow where the wave's rules cannot be read
 */
export function rehearse(plan: RehearsalPlan): Rehearsal {
  const { study, waves, opensAt, people, seed } = plan;
  const wave = waves.at(-1) as RehearsedWave;
  const asked = waves.map((each) => askedOf(each, study, each === wave));
  const { outline } = asked.at(-1) as (typeof asked)[number];
  const findings = new RehearsalFindings();
  checkExpressions(outline, wave, findings);
  checkFeeds(wave, waves.slice(0, -1), study.locales, findings);
  const rules = rulesOf(study, wave.file);
  const window = { openedAt: opensAt, closesAt: closeOf(wave.file, rules, opensAt) };
  const coverage = new Coverage(outline);
  const result: Omit<Rehearsal, 'ok' | 'items' | 'findings'> = {
    synthetic: true,
    study: study.id,
    wave: wave.file.id,
    people,
    seed,
    opensAt: opensAt.toISOString(),
    closesAt: window.closesAt.toISOString(),
    kinds: Object.fromEntries(KINDS.map((kind) => [kind, { people: 0, issued: 0 }])) as Rehearsal['kinds'],
    notIssued: [],
    endings: {},
    messages: [],
  };
  let walkers = 0;
  for (const member of syntheticMembers(plan, firstDay(plan))) {
    result.kinds[member.kind].people += 1;
    const past = pastOf(member, plan, asked);
    const issue = issueTo(past, plan, rules, window);
    if (!issue.issue) {
      result.notIssued.push({ member: member.number, kind: member.kind, why: issue.words });
      continue;
    }
    result.kinds[member.kind].issued += 1;
    const { country, region } = openSpell(foldHistory(past.reports)) ?? { country: null, region: null };
    const { issuedAt, closesAt } = issue;
    const about = {
      member,
      study,
      file: wave.file,
      issuedAt,
      closesAt,
      country,
      region,
      paused: plan.paused,
    };
    result.messages.push(...messagesOf(about));
    const event = answer(
      member,
      past,
      asked.at(-1) as (typeof asked)[number],
      addDays(issuedAt, 2),
      findings,
      coverage,
    );
    result.endings[event] = (result.endings[event] ?? 0) + 1;
    walkers += 1;
  }
  if (walkers === 0)
    findings.add(
      'fault',
      'nobody_issued',
      wave.file.id,
      'None of the synthetic members gets a case in this wave. Look at its eligibility and window.',
    );
  else {
    leftOut(result, findings);
    coverage.report(findings, walkers >= ENOUGH);
  }
  const list = findings.list();
  return {
    ...result,
    ok: !list.some(({ level }) => level === 'fault'),
    items: coverage.items(),
    findings: list,
  };
}

/** Histories of which nobody gets a case: often meant, sometimes forgotten. */
function leftOut(
  { kinds, notIssued }: Pick<Rehearsal, 'kinds' | 'notIssued'>,
  findings: RehearsalFindings,
): void {
  for (const kind of KINDS) {
    const without = notIssued.filter((one) => one.kind === kind);
    if (kinds[kind].issued === 0)
      for (const { member, why } of without)
        findings.add(
          'warning',
          'history_left_out',
          kind,
          `Nobody gets a case who ${KIND_WORDS[kind]}: ${why}`,
          { number: member, kind },
        );
  }
}

type Prepared = Omit<Asked, 'feed' | 'on'> & { outline: Outline };

function askedOf(wave: RehearsedWave, study: StudyFile, rehearsed: boolean): Prepared {
  const outline = outlineOf(wave.json);
  const named = outline.expressions.flatMap(({ text }) => [...text.matchAll(/'([^']*)'|"([^"]*)"/g)]);
  return {
    wave,
    study,
    rehearsed,
    outline,
    items: new Map(outline.items.map((item) => [item.name, item])),
    steering: new Set(named.map(([, one, other]) => one ?? other ?? '')),
  };
}

/** When a member gets a case: at the opening, or when their own window begins. */
function issueTo(
  { row }: Past,
  { study, waves }: RehearsalPlan,
  rules: ReturnType<typeof rulesOf>,
  wave: { openedAt: Date; closesAt: Date },
) {
  const anchors = { joinedOn: row.joined_on, lastInterviewOn: row.last_interview_on };
  const own = windowIn(wave, rules.window, anchors)?.opensAt;
  const issuedAt = own && own > wave.openedAt && own < wave.closesAt ? own : wave.openedAt;
  const facts = factsOfMember(row, dateOf(issuedAt), {
    waves: waves.slice(0, -1).map(({ file }) => file.id),
    consents: study.consents.map(({ id }) => id),
    hosts: study.hostCountries.map(({ code }) => code),
  });
  const candidate = { status: row.status, hasCase: false, facts, anchors };
  return { ...issueFor(candidate, rules, wave, issuedAt), issuedAt };
}

/** Walks a member through the wave and notes what they met. @returns the event that ends their case, or `withdraw` */
function answer(
  member: Synthetic,
  past: Past,
  asked: Prepared,
  now: Date,
  findings: RehearsalFindings,
  coverage: Coverage,
): string {
  const { wave, study, outline } = asked;
  const on = dateOf(now);
  const { feed, gone } = feedFor(past, wave, study, on, independentItems(wave, member));
  for (const { item, value } of gone)
    findings.count('feed_value_gone', item, valueIsGone(item, value), member);
  checkWords(feed, study.locales, findings, member);
  const leavesAfter = member.kind === 'withdrew_mid_wave' ? MID_WAVE : 1;
  const wishes = wishesOf(member, { ...asked, feed, on });
  const walked = walk({ wave, member, feed, now, wishes, leavesAfter });
  const seen = { walked, feed, member };
  coverage.add(seen);
  checkTexts(seen, wave, outline, study.locales, findings);
  noteTroubles(walked, findings, member);
  if (leavesAfter < 1) return 'withdraw';
  notePages(walked, asked, findings, member);
  return endingOf(study.consents, walked.verdict.answers, () => 'complete');
}

/** The items that chance has this member asked as if nothing were known. */
function independentItems({ file }: RehearsedWave, { random }: Synthetic): string[] {
  return (file.experiments ?? []).flatMap(({ items, arms }) =>
    arms[Math.floor(random() * arms.length)] === 'independent' ? items : [],
  );
}

function checkWords(
  feed: Walked['feed'],
  locales: readonly string[],
  findings: RehearsalFindings,
  member: { number: number; kind: Kind },
): void {
  const { residence } = feed;
  for (const locale of locales)
    if (residence && !residence.words[locale]?.trim())
      findings.add(
        'fault',
        'words_missing',
        'place',
        `The known place ${residence.country} has no words in ${locale} in this questionnaire. Add it to the choices of the places lived in.`,
        member,
      );
}

type Walked = { walked: Walk; feed: Parameters<typeof walk>[0]['feed'] };

/** Dead ends: no choice, or complete answers that are refused; and what could not be said as it was meant. */
function noteTroubles(
  { withoutChoice, refusedWishes, refused, declinedOnly }: Walk,
  findings: RehearsalFindings,
  member: Synthetic,
): void {
  for (const { item, required } of withoutChoice)
    findings.add(
      required ? 'fault' : 'warning',
      'no_choice',
      item,
      required
        ? `${item} must be answered and shows no choice, so nobody can go on. Look at the conditions of its choices.`
        : `${item} shows no choice. Look at the conditions of its choices.`,
      member,
    );
  for (const { item, rule } of refusedWishes)
    findings.add(
      'warning',
      'answer_unavailable',
      item,
      `${item} does not take what some would say (${rule}). Add what is missing to its choices.`,
      member,
    );
  for (const { item, path, rule, message } of refused)
    findings.add(
      'fault',
      'answers_refused',
      item || path,
      `Complete answers are refused at ${path}: ${message} (${rule})`,
      member,
    );
  for (const { item, path, rule, message } of declinedOnly)
    findings.add(
      'warning',
      'answers_refused',
      item || path,
      `${path} could only be declined; every answer that was tried is refused: ${message} (${rule})`,
      member,
    );
}

/** Whether something was shown after the consent to who gave it. */
function notePages(
  { pages, verdict }: Walk,
  { study, outline }: Pick<Prepared, 'study' | 'outline'>,
  findings: RehearsalFindings,
  member: Synthetic,
): void {
  const consent = study.consents.find(({ kind }) => kind === 'participation')?.item;
  const page = outline.items.find(({ key }) => key === consent)?.page;
  const agreed = page === undefined || verdict.answers[consent as string] === 'yes';
  if (agreed && verdict.answers['eligible'] !== 0 && pages.at(-1) === page)
    findings.add(
      'fault',
      'no_page',
      page ?? 'the questionnaire',
      'Who agrees to take part is shown nothing after that. Look at the conditions of the pages.',
      member,
    );
}
