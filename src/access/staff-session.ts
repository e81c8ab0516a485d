import { type Grant } from './role.js';

const MINUTE_MS = 60_000;

/** How long a session lasts without a request, and at all. */
export const IDLE_MS = 15 * MINUTE_MS;
export const ABSOLUTE_MS = 8 * 60 * MINUTE_MS;
/** How long a second factor counts as just proved. */
export const PROVEN_MS = 5 * MINUTE_MS;
/** How long there is to show a second factor after the password, and to set one up after opening an invitation. */
export const SECOND_FACTOR_MS = 10 * MINUTE_MS;
export const ENROLMENT_MS = 30 * MINUTE_MS;
/** How long an invitation can be opened. */
export const INVITATION_MS = 72 * 60 * MINUTE_MS;

/** `password`: shown, the second factor is not; `enrolment`: an invitation was opened, the second factor is being set up. */
export type Stage = 'password' | 'enrolment' | 'signed_in';

/** A session as a request finds it. */
export interface StaffSession {
  accountId: string;
  stage: Stage;
  /** Until when a second factor counts as just proved. */
  provenUntil: Date | null;
  /** None but in the stage `signed_in`. */
  grants: Grant[];
}

/** The page to go on to, where what was asked for is one of ours, without what stands behind `?`; else the list of studies. */
export const nextPage = (asked: unknown): string =>
  typeof asked === 'string' && asked.length <= 300 && /^\/(?!api\/)(?:[\w-][\w\-/.:]*)?$/.test(asked)
    ? asked
    : '/fieldwork';
