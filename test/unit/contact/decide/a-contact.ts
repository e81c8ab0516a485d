import { type ChannelFacts, type ContactFacts } from '../../../../src/contact/decide/decision.js';

/** Monday noon in Belgrade. */
export const NOON = new Date('2026-03-02T11:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** @param hours  after NOON */
export const later = (hours: number): Date => new Date(NOON.getTime() + hours * HOUR);

export const OPEN: ChannelFacts = { address: true, consent: true, stopped: false, trouble: null };
export const NONE: ChannelFacts = { address: false, consent: null, stopped: false, trouble: null };

/** The place of this member in what is spread is exactly the middle. */
export const MEMBER = '8000c0de-0000-4000-8000-000000000000';

/** A step of the plan; a reminder unless told otherwise. */
export const aStep = (differ: Partial<NonNullable<ContactFacts['step']>> = {}): ContactFacts['step'] => ({
  step: 'second',
  kind: 'reminder',
  afterDays: 3,
  letter: 'reminder',
  ...differ,
});

/** A reminder that is due now, to someone in Belgrade who was invited by e-mail; the wave closes in ten days. */
export const aContact = (differ: Partial<ContactFacts> = {}): ContactFacts => ({
  memberId: MEMBER,
  step: aStep(),
  asked: false,
  when: undefined,
  caseState: 'invited',
  submitted: false,
  memberStatus: 'active',
  page: null,
  lastActiveAt: null,
  locale: 'ru',
  cohort: 'a',
  recruitmentSource: 'open',
  hostCountry: 'SRB',
  residenceCountry: null,
  residenceRegion: null,
  timeZone: 'Europe/Belgrade',
  hostZones: ['Europe/Belgrade'],
  dueAt: NOON,
  closesAt: later(240),
  waveClosed: false,
  studyPaused: false,
  fenced: false,
  pauses: [],
  remindAt: null,
  channels: { email: OPEN, telegram: NONE, letter: NONE },
  recontact: null,
  recent: [],
  caps: [],
  hours: { from: '09:00', to: '20:00' },
  exceptions: [],
  ...differ,
});
