import { type Verdict } from '../questionnaire/check/verdict.js';
import { type Admission } from './admission.js';
import { pageIndex } from './coding.js';
import { AnswersRefused, InvalidBody } from './response.problems.js';
import { type SessionCase } from './session-case.js';

/** What decides whether the case behind a session takes answers. */
export const admissionOf = (at: SessionCase): Admission => ({
  caseState: at.case_state,
  memberStatus: at.member_status,
  submitted: at.submitted,
  wave: { letter: at.letter, openedAt: at.opened_at, closesAt: at.closes_at, closedAt: at.closed_at },
});

/** A language that the study does not have could not be written to later. */
export function speaks(at: SessionCase, locale: string): void {
  if (!at.locales.includes(locale)) throw InvalidBody({ findings: ['locale: not one of the study'] });
}

/** Pages must be the questionnaire's: they are stored, and tell what was shown. */
export function stands(json: object, named: Record<string, string>): void {
  const findings = Object.entries(named)
    .filter(([, page]) => pageIndex(json, page) < 0)
    .map(([key]) => `${key}: not a page of the questionnaire`);
  if (findings.length > 0) throw InvalidBody({ findings });
}

/** @throws AnswersRefused with every finding */
export const accepted = (verdict: Verdict): Verdict => {
  if (!verdict.ok) throw AnswersRefused({ findings: verdict.findings });
  return verdict;
};
