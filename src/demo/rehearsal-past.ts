import { consentsReported } from '../consent/consent.js';
import { addDays, dateOf } from '../kit/clock.js';
import { type EarlierInterview, prevVariable } from '../questionnaire/feed/fed.js';
import { randomAnswers } from '../questionnaire/random-answers.js';
import { elementsIn, type Element, keyOf, pagesOf } from '../questionnaire/resume/resume-json.js';
import { keyOwner } from '../questionnaire/resume/resume-json.js';
import { foldHistory } from '../residence/history.js';
import { residenceReport, type ResidenceReport } from '../residence/report.js';
import { openSpell } from '../residence/residence.js';
import { caseFeedOf, type KnownPlace } from '../response/case-feed.js';
import { endingOf } from '../response/ending.js';
import { type StudyFile } from '../study/study.js';
import { stateAfter } from '../wave/case-state.js';
import { dispositionOf } from '../wave/disposition.js';
import { type PanelRow } from '../wave/member-facts.js';
import { type RehearsalPlan, type RehearsedWave } from './rehearsal.js';
import { type Synthetic } from './rehearsal-people.js';
import { type Asked, wishesOf } from './rehearsal-wishes.js';

type Answers = Record<string, unknown>;

/** What earlier waves know of a synthetic member. */
export interface Past {
  row: PanelRow;
  interviews: EarlierInterview[];
  reports: ResidenceReport[];
}

/** Days between surveys, and between a survey and the check-in that follows it; so that windows begin before and after an opening. */
const BETWEEN_SURVEYS = 213;
const TO_CHECK_IN = 122;
const SPREAD = 60;

/** Days before the opening on which each of the earlier waves began. */
function daysBefore(waves: readonly RehearsedWave[]): number[] {
  const before: number[] = [];
  let days = 0;
  for (let index = waves.length - 2; index >= 0; index--) {
    const isSurvey = (at: number): boolean => waves[at]?.file.kind !== 'check-in';
    if (isSurvey(index)) days = isSurvey(index + 1) ? days + BETWEEN_SURVEYS : days + TO_CHECK_IN;
    else days += BETWEEN_SURVEYS - TO_CHECK_IN;
    before[index] = days;
  }
  return before;
}

/** YYYY-MM-DD of the day on which the panel of a rehearsal began. */
export const firstDay = ({ waves, opensAt }: Pick<RehearsalPlan, 'waves' | 'opensAt'>): string =>
  dateOf(addDays(opensAt, -(daysBefore(waves)[0] ?? 0) - 7));

/** Lives through the waves before the one that is rehearsed, in memory. */
export function pastOf(
  member: Synthetic,
  { study, waves, opensAt }: RehearsalPlan,
  asked: readonly Omit<Asked, 'feed' | 'on'>[],
): Past {
  const { random, hostCountry } = member;
  const past: Past = {
    row: {
      member_id: `synthetic-${member.number}`,
      status: 'active',
      cohort: member.cohort,
      recruitment_source: member.recruitmentSource,
      referred: member.referred,
      synthetic: true,
      host_country: hostCountry,
      country: hostCountry,
      joined_on: member.joinedOn,
      interviews: 0,
      last_interview_on: null,
      has_case: false,
      cases: {},
      consents: {},
    },
    interviews: [],
    reports: [],
  };
  const surveys = waves.slice(0, -1).filter(({ file }) => file.kind !== 'check-in');
  daysBefore(waves).forEach((days, index) => {
    const wave = waves[index] as RehearsedWave;
    const at = addDays(opensAt, -days + Math.floor(random() * SPREAD));
    const isCheckIn = wave.file.kind === 'check-in';
    const issued = member.kind !== 'newcomer' && (!isCheckIn || past.interviews.length > 0);
    if (!issued || at >= opensAt) return;
    const answers = isCheckIn ? random() < 0.6 : answersSurvey(member, surveys.indexOf(wave), surveys.length);
    if (answers) live(past, member, { ...(asked[index] as Asked), study }, at);
    else past.row = { ...past.row, cases: { ...past.row.cases, [wave.file.id]: ['expired', '3.19'] } };
  });
  const open = openSpell(foldHistory(past.reports));
  past.row = { ...past.row, country: open?.country ?? hostCountry };
  return past;
}

function answersSurvey({ kind, random }: Synthetic, nth: number, of: number): boolean {
  if (nth === 0 || kind === 'never_missed') return true;
  if (kind === 'skipped_wave') return nth < of - 1 && random() < 0.5;
  return random() < 0.85;
}

/** Answers one earlier wave. */
function live(past: Past, member: Synthetic, asked: Omit<Asked, 'feed' | 'on'>, at: Date): void {
  const { wave, study } = asked;
  const { file } = wave;
  const on = dateOf(at);
  const { feed } = feedFor(past, wave, study, on, []);
  const isFirst = past.interviews.length === 0;
  const wishes = wishesOf(member, { ...asked, feed, on });
  const whole = randomAnswers(wave.check, {
    random: member.random,
    context: { now: at, prev: prevVariable(feed, {}, member.locales.before) },
    choose: ({ name }) => {
      const wish = wishes(name);
      return wish === undefined ? undefined : typeof wish === 'object' ? wish.value : null;
    },
    blankShare: 0.05,
  });
  const partial = member.kind === 'first_time_partial' && isFirst;
  const answers = partial ? firstPages(wave, whole, 0.65) : whole;
  const event = endingOf(study.consents, answers, () => (partial ? 'partial' : 'complete'));
  const state = stateAfter('started', event) ?? 'complete';
  const { row } = past;
  const cases = { ...row.cases, [file.id]: [state, dispositionOf(state, undefined, true)] as const };
  const consents = Object.fromEntries(
    consentsReported(study.consents, answers, feed.residence?.class).map(({ purpose, given }) => [
      purpose,
      given,
    ]),
  );
  past.row = { ...row, cases, consents: { ...row.consents, ...consents } };
  const isCheckIn = file.kind === 'check-in';
  const report = residenceReport(answers, isCheckIn ? null : file.id, on);
  if (report) past.reports.push(report);
  if (isCheckIn || (state !== 'complete' && state !== 'partial')) return;
  past.interviews.push({ wave: file.id, on, answers, variables: wave.variables, feeds: wave.feeds });
  past.row = { ...past.row, interviews: row.interviews + 1, last_interview_on: on };
}

/** The answers of the first pages. */
export function firstPages({ json, check }: RehearsedWave, answers: Answers, share: number): Answers {
  const pages = pagesOf(json as Element);
  const seen = new Set(
    pages
      .slice(0, Math.max(1, Math.floor(pages.length * share)))
      .flatMap((page) => elementsIn(page).map(keyOf)),
  );
  return Object.fromEntries(Object.entries(answers).filter(([key]) => seen.has(keyOwner(key, check))));
}

/** What a case of a member is fed, and the earlier answers that this questionnaire cannot take. */
export function feedFor(
  { interviews, reports }: Pick<Past, 'interviews' | 'reports'>,
  wave: RehearsedWave,
  study: StudyFile,
  on: string,
  independent: readonly string[],
): ReturnType<typeof caseFeedOf> {
  return caseFeedOf(wave, { interviews, place: placeOf(reports) }, independent, study, on);
}

function placeOf(reports: readonly ResidenceReport[]): KnownPlace | null {
  const history = foldHistory(reports);
  const open = openSpell(history);
  if (!open) return null;
  const { country, region, lastConfirmedOn: on } = open;
  const wave = reports.findLast(({ reportedOn }) => reportedOn === on)?.sourceWave ?? null;
  return { country, region, wave, on, spells: history.spells };
}
