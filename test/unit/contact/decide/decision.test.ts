import {
  type ContactFacts,
  decide,
  SUPPRESSION_WORDS,
  WAIT_WORDS,
} from '../../../../src/contact/decide/decision.js';
import { type CaseState } from '../../../../src/wave/case-state.js';
import { aContact, aStep, later, NONE, NOON, OPEN } from './a-contact.js';

type Differ = Partial<ContactFacts>;
/** What is decided, in a word: `email`, `completed`, or `quiet_hours +21` (hours after NOON). */
function decided(differ: Differ, now = NOON): string {
  const decision = decide(aContact(differ), now);
  if (decision.kind === 'send') return decision.channel;
  if (decision.kind === 'suppress') return decision.reason;
  return `${decision.reason} +${(decision.until.getTime() - NOON.getTime()) / 3_600_000}`;
}
const wordsOf = (differ: Differ): string => {
  const decision = decide(aContact(differ), NOON);
  return decision.kind === 'send' ? '' : decision.words;
};
const each = (rows: [Differ, string, number?][]): void =>
  rows.forEach(([differ, wanted, hours = 0]) =>
    expect([differ, decided(differ, later(hours))]).toEqual([differ, wanted]),
  );

it('what is due goes out', () => {
  each([
    [{}, 'email'],
    [{ caseState: 'issued', step: aStep({ kind: 'invitation' }) }, 'email'],
    [{ caseState: 'started', step: aStep({ kind: 'last-call' }) }, 'email'],
    [{ caseState: 'undeliverable' }, 'email'],
  ]);
});

it('never to who has left, refused or is out, even where sending is fenced', () => {
  const out: [Differ, string][] = [
    [{ memberStatus: 'withdrawn' }, 'withdrawn'],
    [{ caseState: 'withdrawn' }, 'withdrawn'],
    [{ memberStatus: 'dead' }, 'not_member'],
    [{ caseState: 'refused' }, 'refused'],
    [{ caseState: 'ineligible' }, 'ineligible'],
    [{ caseState: 'expired' }, 'wave_closed'],
    [{ waveClosed: true }, 'wave_closed'],
    [{ closesAt: NOON }, 'wave_closed'],
    [{ step: undefined }, 'step_removed'],
    [{ caseState: 'complete' }, 'completed'],
    [{ caseState: 'partial' }, 'completed'],
    [{ caseState: 'broke_off' }, 'completed'],
    [{ caseState: 'opened', step: aStep({ kind: 'invitation' }) }, 'already_invited'],
    [{ caseState: 'started', step: aStep({ kind: 'invitation' }) }, 'already_invited'],
  ];
  each(out);
  each(out.map(([differ, wanted]) => [{ ...differ, fenced: true, studyPaused: true, asked: true }, wanted]));
});

it('the first reason in the order of the rules is the one that is told', () => {
  each([
    [{ memberStatus: 'withdrawn', caseState: 'refused' }, 'withdrawn'],
    [{ memberStatus: 'dead', caseState: 'complete' }, 'not_member'],
    [{ waveClosed: true, caseState: 'complete' }, 'wave_closed'],
    [{ waveClosed: true, step: undefined }, 'wave_closed'],
    [{ step: undefined, caseState: 'complete' }, 'step_removed'],
  ]);
});

it('an invitation whose mail came back is sent again by another channel', () => {
  const step = aStep({ kind: 'invitation' });
  const channels = { email: { ...OPEN, trouble: 'bounced' as const }, telegram: OPEN, letter: NONE };
  each([
    [{ step, channels, caseState: 'invited' }, 'telegram'],
    [{ step, channels, caseState: 'undeliverable' }, 'telegram'],
  ]);
});

describe('thanks', () => {
  const thanks = aStep({ kind: 'thanks', afterDays: 1 });
  const sent: Differ = { step: thanks, caseState: 'complete', submitted: true };

  it('go to whoever sent the questionnaire, up to seven days after they fell due, also when the wave has closed', () => {
    each([
      [sent, 'email'],
      [{ ...sent, caseState: 'partial' }, 'email'],
      [{ ...sent, waveClosed: true, closesAt: later(-24) }, 'email'],
      [{ ...sent, dueAt: later(-7 * 24 + 0.01) }, 'email'],
      [{ ...sent, dueAt: later(-7 * 24) }, 'window_over'],
      [{ ...sent, dueAt: later(-7 * 24), fenced: true }, 'window_over'],
      [{ ...sent, step: aStep({ kind: 'thanks', withinDays: 2 }), dueAt: later(-48) }, 'window_over'],
      [{ ...sent, step: aStep({ kind: 'thanks', withinDays: 30 }), dueAt: later(-7 * 24) }, 'window_over'],
    ]);
  });

  it('wait while the case is under way, not beyond its close', () => {
    each([
      [{ step: thanks, caseState: 'started' }, 'not_due +6'],
      [{ step: thanks, caseState: 'undeliverable' }, 'not_due +6'],
      [{ step: thanks, caseState: 'started', closesAt: later(2) }, 'not_due +2'],
    ]);
    expect(wordsOf({ step: thanks, caseState: 'started' })).toBe(
      'is not due yet: the questionnaire was not sent yet',
    );
  });

  it('are for nobody else', () => {
    each([
      [{ ...sent, caseState: 'broke_off' }, 'not_completed'],
      [{ ...sent, submitted: false }, 'not_completed'],
      [{ step: thanks, caseState: 'expired' }, 'not_completed'],
      [{ step: thanks, caseState: 'started', waveClosed: true }, 'not_completed'],
      [{ step: thanks, caseState: 'started', closesAt: NOON }, 'not_completed'],
      [{ ...sent, memberStatus: 'withdrawn' }, 'withdrawn'],
      [{ ...sent, caseState: 'refused' }, 'refused'],
      [{ ...sent, caseState: 'ineligible' }, 'ineligible'],
    ]);
  });
});

it('who does not want to be invited again gets neither invitations nor reminders, but thanks, and what they ask for', () => {
  const recontact = false;
  const thanks = aStep({ kind: 'thanks', afterDays: 1 });
  each([
    [{ recontact }, 'no_recontact'],
    [{ recontact, step: aStep({ kind: 'invitation' }) }, 'no_recontact'],
    [{ recontact, fenced: true }, 'no_recontact'],
    [{ recontact, caseState: 'complete' }, 'completed'],
    [{ recontact, waveClosed: true }, 'wave_closed'],
    [{ recontact: true }, 'email'],
    [{ recontact, asked: true }, 'email'],
    [{ recontact, step: thanks, caseState: 'complete', submitted: true }, 'email'],
  ]);
});

it('a fence and a pause of the study: looked at again in an hour, whatever else is the matter', () => {
  each([
    [{ fenced: true }, 'sending_fenced +1'],
    [{ studyPaused: true }, 'study_paused +1'],
    [{ fenced: true, studyPaused: true }, 'sending_fenced +1'],
    [{ studyPaused: true, dueAt: later(48) }, 'study_paused +1'],
    [
      { studyPaused: true, asked: true, channels: { email: NONE, telegram: NONE, letter: NONE } },
      'study_paused +1',
    ],
  ]);
});

it('not before it falls due, and not from its end on', () => {
  const twoDays = aStep({ withinDays: 2 });
  each([
    [{ dueAt: later(2) }, 'not_due +2'],
    [{ dueAt: later(2) }, 'email', 2],
    [{ step: twoDays, dueAt: later(-47.99) }, 'email'],
    [{ step: twoDays, dueAt: later(-48) }, 'window_over'],
    [{ step: twoDays, dueAt: later(-48), asked: true }, 'window_over'],
    [{ step: twoDays, closesAt: later(24), dueAt: later(25) }, 'wave_closed'],
    [{ dueAt: later(240) }, 'wave_closed'],
    [{ dueAt: later(9), closesAt: later(12) }, 'wave_closed'], // the hours begin again when it is over
    [{ dueAt: later(-39), step: twoDays }, 'window_over', 8.5], // 20:30 now, and nine in the morning is too late
  ]);
});

describe('a pause that the person asked for', () => {
  const from = (fromOn: string, untilOn: string | null): Differ => ({ pauses: [{ fromOn, untilOn }] });

  it('ends when messages begin on its last day, where they are', () => {
    each([
      [from('2026-03-01', '2026-03-05'), 'paused +69'],
      [from('2026-03-01', '2026-03-05'), 'email', 69],
      [from('2026-03-02', '2026-03-03'), 'paused +21'],
      [from('2026-03-01', '2026-03-02'), 'email'],
      [from('2026-03-03', '2026-03-09'), 'email'],
      [{ ...from('2026-03-03', '2026-03-09'), dueAt: later(24) }, 'paused +165'],
      [{ ...from('2026-03-01', '2026-03-05'), hours: { from: '10:30', to: '20:00' } }, 'paused +70.5'],
      [{ ...from('2026-03-01', '2026-03-05'), asked: true }, 'paused +69'],
    ]);
  });

  it('goes by the local date', () => {
    // At 11:00 UTC it is Tuesday already in Kiritimati, and still Monday in Honolulu.
    each([
      [
        { ...from('2026-03-03', '2026-03-04'), timeZone: 'Pacific/Kiritimati', dueAt: later(-0.5) },
        'paused +32',
      ],
      [{ ...from('2026-03-03', '2026-03-04'), timeZone: 'Pacific/Honolulu' }, 'quiet_hours +8'],
    ]);
  });

  it('several in a row, or one within the other, end with the last', () => {
    const days = (...pairs: [string, string][]): Differ => ({
      pauses: pairs.map(([fromOn, untilOn]) => ({ fromOn, untilOn })),
    });
    each([
      [days(['2026-03-05', '2026-03-07'], ['2026-03-01', '2026-03-05']), 'paused +117'],
      [days(['2026-03-01', '2026-03-05'], ['2026-03-02', '2026-03-03']), 'paused +69'],
    ]);
  });

  it('where it outlasts the step it is looked at daily, and over when the step is', () => {
    const week: Differ = { step: aStep({ withinDays: 7 }) };
    each([
      [{ ...week, ...from('2026-03-01', null) }, 'paused +24'],
      [{ ...week, ...from('2026-03-01', null), dueAt: later(30) }, 'paused +30'],
      [{ ...week, ...from('2026-03-01', null) }, 'paused +168', 150],
      [{ ...week, ...from('2026-03-01', null) }, 'paused', 168],
      [{ ...week, ...from('2026-03-01', '2026-03-10') }, 'paused +24'],
      [{ ...week, ...from('2026-03-01', '2026-03-10') }, 'paused', 168],
      [
        {
          pauses: [
            ...(from('2026-03-01', '2026-03-03').pauses ?? []),
            { fromOn: '2026-03-02', untilOn: null },
          ],
        },
        'paused +24',
      ],
      [from('2026-03-01', null), 'wave_closed', 240],
      [{ ...from('2026-03-01', null), dueAt: later(241) }, 'wave_closed'], // the pause is not why
    ]);
  });
});

it('who asked to be reminded later gets nothing else before', () => {
  each([
    [{ remindAt: later(30) }, 'asked_later +30'],
    [{ remindAt: later(30) }, 'email', 30],
    [{ remindAt: later(30), asked: true }, 'email'],
    [{ remindAt: later(-1) }, 'email'],
    [{ remindAt: later(241) }, 'wave_closed'],
  ]);
});

describe('the channel', () => {
  const via = (email: Differ['channels'], step: Differ['step'] = aStep()): Differ => ({
    channels: email!,
    step,
  });
  const stopped = { ...OPEN, stopped: true };

  it('is the first in the order of the step that is open', () => {
    const all = { email: OPEN, telegram: OPEN, letter: OPEN };
    each([
      [via(all), 'email'],
      [via(all, aStep({ channels: ['telegram', 'email'] })), 'telegram'],
      [via({ ...all, email: NONE }), 'telegram'],
      [via({ ...all, email: stopped }), 'telegram'],
      [via({ ...all, email: { ...OPEN, consent: null } }), 'email'],
      [via({ ...all, email: { ...OPEN, consent: false } }), 'telegram'],
      [
        via({ ...all, telegram: { ...OPEN, consent: null } }, aStep({ channels: ['telegram', 'letter'] })),
        'letter',
      ],
      [via({ ...all, email: NONE, telegram: NONE }), 'no_channel'],
    ]);
    for (const trouble of ['bounced', 'blocked', 'complaint', 'suppressed'] as const)
      each([[via({ ...all, email: { ...OPEN, trouble } }), 'telegram']]);
  });

  it('where there is none, each is told; a stop is the reason only where nothing else stands in the way', () => {
    each([
      [via({ email: stopped, telegram: NONE, letter: NONE }), 'unsubscribed'],
      [via({ email: { ...stopped, trouble: 'bounced' }, telegram: NONE, letter: NONE }), 'no_channel'],
      [via({ email: { ...stopped, consent: false }, telegram: NONE, letter: NONE }), 'no_channel'],
    ]);
    expect(
      wordsOf(
        via(
          {
            email: { ...OPEN, trouble: 'bounced' },
            telegram: { ...OPEN, consent: null },
            letter: { ...OPEN, consent: false },
          },
          aStep({ channels: ['letter', 'email', 'telegram'] }),
        ),
      ),
    ).toBe(
      'cannot be reached by any channel of this step: letter: consent refused; email: messages came back; telegram: no consent',
    );
    expect(wordsOf(via({ email: stopped, telegram: NONE, letter: NONE }))).toBe(
      'stopped these messages: email: stopped by the person; telegram: no address',
    );
  });
});

describe('the condition of a step', () => {
  const notOpened = { fact: 'case.opened', is: false } as const;
  const stalled = {
    all: [
      { fact: 'case.page', is: 'work' },
      { fact: 'case.idle_hours', atLeast: 48 },
    ],
  } as const;
  const within = aStep({ withinDays: 3 });
  const started: Differ = { caseState: 'started', page: 'work', lastActiveAt: later(-40), when: stalled };

  it('is asked once where the step declares no days', () => {
    each([
      [{ when: notOpened }, 'email'],
      [{ when: notOpened, caseState: 'started' }, 'condition_false'],
      [{ when: notOpened, caseState: 'started' }, 'condition_false', 9], // at night, too
      [{ when: notOpened, caseState: 'started', asked: true }, 'email'],
    ]);
    expect(wordsOf({ when: notOpened, caseState: 'started' })).toBe(
      'the condition of the step does not hold: case.opened is true; case.opened = false is required.',
    );
  });

  it('is waited for where it does: until time alone makes it true, else for six hours, never beyond the limit', () => {
    each([
      [{ ...started, step: within }, 'condition +8'],
      [{ ...started, step: within, lastActiveAt: later(-48) }, 'email'],
      [{ ...started, step: within, lastActiveAt: later(-47.5) }, 'condition +0.5'],
      [{ ...started, step: within, page: 'home' }, 'condition +6'],
      [{ when: notOpened, caseState: 'opened', step: within }, 'condition +6'],
      [{ when: notOpened, caseState: 'opened', step: within, dueAt: later(-70) }, 'condition +2'],
      [{ ...started, step: within, dueAt: later(-66) }, 'condition +6'],
      [{ when: notOpened, caseState: 'opened', step: within, dueAt: later(-72) }, 'window_over'],
    ]);
    expect(wordsOf({ ...started, step: within })).toBe(
      'the condition of the step does not hold yet: case.idle_hours is 40; case.idle_hours ≥ 48 is required.',
    );
  });

  it('is not asked ahead of time: not before the step is due, nor while the person wants none', () => {
    const unmet: Differ = { when: notOpened, caseState: 'started' };
    each([
      [{ ...unmet, dueAt: later(2) }, 'not_due +2'],
      [{ ...unmet, remindAt: later(2) }, 'asked_later +2'],
      [{ ...unmet, pauses: [{ fromOn: '2026-03-01', untilOn: '2026-03-03' }] }, 'paused +21'],
    ]);
  });
});

describe('frequency caps', () => {
  const caps = [
    { messages: 1, hours: 24 },
    { messages: 3, hours: 168 },
  ];
  it('hold over all messages that left, and roll', () => {
    each([
      [{ caps, recent: [later(-24)] }, 'email'],
      [{ caps, recent: [later(-23)] }, 'frequency_cap +1'],
      [{ caps, recent: [later(-23), later(-40), later(-66)] }, 'frequency_cap +102'],
      [
        { caps: [caps[1]!], recent: [later(-162), later(-23), later(-40), later(-400)] },
        'frequency_cap +6',
        5,
      ],
      [{ caps: [caps[1]!], recent: [later(-162), later(-23), later(-40), later(-400)] }, 'email', 6],
      [{ caps, recent: [later(1)] }, 'frequency_cap +25'], // in a dry run of an hour that has passed
      [{ caps, recent: [later(-23)], asked: true }, 'email'],
      [{ caps: [], recent: [NOON, NOON, NOON] }, 'email'],
    ]);
  });

  it('a message that they would hold back until it is over is not sent', () => {
    each([
      [{ caps, recent: [later(-1)], closesAt: later(23) }, 'frequency_cap'],
      [{ caps, recent: [later(-1)], closesAt: later(23.5) }, 'frequency_cap +23'],
    ]);
  });
});

describe('quiet hours', () => {
  const at = (time: string) => new Date(`2026-03-02T${time}:00Z`);

  it('from nine inclusive to eight exclusive, where they are', () => {
    each([
      [{ dueAt: at('07:59') }, 'quiet_hours +-3', -3 - 1 / 60],
      [{ dueAt: at('08:00') }, 'email', -3],
      [{ dueAt: at('08:00') }, 'email', 8 - 1 / 60],
      [{ dueAt: at('08:00') }, 'quiet_hours +21', 8],
      [{ dueAt: later(10) }, 'quiet_hours +21'],
      [{ timeZone: 'America/Los_Angeles' }, 'quiet_hours +6'],
    ]);
  });

  it('where the zone is not known: the hours that all plausible zones share, or none', () => {
    const unknown: Differ = { timeZone: null, dueAt: later(-24) };
    each([
      [{ ...unknown, hostZones: ['Europe/Belgrade', 'Asia/Almaty'] }, 'email', -3],
      [{ ...unknown, hostZones: ['Europe/Belgrade', 'Asia/Almaty'] }, 'email', 3],
      [{ ...unknown, hostZones: ['Europe/Belgrade', 'Asia/Almaty'] }, 'quiet_hours +21', 4],
      [{ ...unknown, residenceCountry: 'FRA', hostZones: ['Asia/Almaty'] }, 'email', 4],
      [{ ...unknown, residenceCountry: 'ZZZ', hostZones: ['Asia/Almaty'] }, 'quiet_hours +17', 4], // a place without a time of its own
      [{ timeZone: null, residenceCountry: 'USA' }, 'quiet_hours +8'],
      [{ timeZone: null, residenceCountry: 'USA', residenceRegion: 'Seattle' }, 'quiet_hours +6'],
      [{ timeZone: null, hostZones: ['Europe/Moscow', 'Pacific/Honolulu'] }, 'no_contact_hour'],
      [{ timeZone: null, hostZones: [] }, 'no_contact_hour'],
    ]);
  });

  it('are narrower by channel, country and day of the week, and never wider than nine to eight', () => {
    const only = (...exceptions: ContactFacts['exceptions']): Differ => ({ exceptions });
    each(
      [
        [only({ channel: 'email', from: '13:00' }), 'quiet_hours +1'],
        [only({ channel: 'telegram', from: '13:00' }), 'email'],
        [only({ country: 'SRB', from: '13:00' }), 'quiet_hours +1'],
        [{ ...only({ country: 'SRB', from: '13:00' }), residenceCountry: 'DEU' }, 'email'],
        [{ ...only({ country: 'DEU', from: '13:00' }), residenceCountry: 'DEU' }, 'quiet_hours +1'],
        [only({ channel: 'email', country: 'DEU', from: '13:00' }), 'email'],
        [
          only({ channel: 'email', from: '13:00' }, { country: 'SRB', from: '14:00', to: '15:00' }),
          'quiet_hours +2',
        ],
        [only({ country: 'SRB', to: '12:00' }), 'quiet_hours +21'],
        [
          only({ country: 'SRB', from: '10:00', to: '12:00' }, { channel: 'email', from: '12:00' }),
          'no_contact_hour',
        ],
        [only({ country: 'SRB', days: ['wed', 'fri'] }), 'quiet_hours +45'],
        [
          only({ country: 'SRB', days: ['wed', 'fri'] }, { channel: 'email', days: ['fri', 'mon'] }),
          'quiet_hours +93',
        ],
        [only({ country: 'SRB', days: ['wed'] }, { channel: 'email', days: ['fri'] }), 'no_contact_hour'],
        [only({ country: 'SRB', days: ['mon'] }), 'email'],
        [{ hours: { from: '00:00', to: '23:59' } }, 'quiet_hours +21', 8],
        [{ hours: { from: '00:00', to: '23:59' } }, 'quiet_hours +-3', -5],
        [{ hours: { from: '12:30', to: '18:00' } }, 'quiet_hours +0.5'],
      ].map(([differ, wanted, hours]): [Differ, string, number?] => [
        { dueAt: later(-24), ...(differ as Differ) },
        wanted as string,
        hours as number | undefined,
      ]),
    );
  });

  it('what they moved is spread by the member after the hours begin, inside the hours', () => {
    const step = aStep({ spreadMinutes: 60 });
    const night = { dueAt: later(10) };
    const last = 'ffff0000-0000-4000-8000-000000000000';
    each([
      [{ ...night, step }, 'quiet_hours +21.5'],
      [{ ...night, step }, 'email', 21], // whoever looks again sooner need not wait
      [{ ...night, step, memberId: '00000000-0000-4000-8000-000000000000' }, 'quiet_hours +21'],
      [{ dueAt: later(-1), step }, 'email'],
      [
        { ...night, step: aStep({ spreadMinutes: 600 }), hours: { from: '09:00', to: '10:00' } },
        'quiet_hours +21.5',
      ],
    ]);
    const until = decide(
      aContact({
        ...night,
        memberId: last,
        step: aStep({ spreadMinutes: 600 }),
        timeZone: null,
        hostZones: ['Europe/Belgrade', 'Asia/Almaty'],
        hours: { from: '09:00', to: '14:00' },
      }),
      NOON,
    );
    // Ten in the morning in Almaty (UTC+5) is six in Belgrade: they share nine to ten.
    expect(until).toMatchObject({ kind: 'wait', until: new Date('2026-03-03T08:59:59.945Z') });
  });

  it('and all that came before is asked again of the hour that they moved it to', () => {
    each([
      [{ dueAt: later(10), pauses: [{ fromOn: '2026-03-03', untilOn: '2026-03-04' }] }, 'paused +45'],
      [{ dueAt: later(-24), remindAt: later(34) }, 'quiet_hours +45'],
      [{ caps: [{ messages: 1, hours: 24 }], recent: [later(-12)] }, 'quiet_hours +21'],
    ]);
  });
});

it('a wait that names a channel names the one by which the message would leave', () => {
  const channels = { email: NONE, telegram: OPEN, letter: NONE };
  expect(decide(aContact({ channels, dueAt: later(2) }), NOON)).toMatchObject({ channel: 'telegram' });
  expect(decide(aContact({ channels, fenced: true }), NOON)).toMatchObject({ channel: undefined });
});

it('every reason has its words', () => {
  for (const words of [...Object.values(SUPPRESSION_WORDS), ...Object.values(WAIT_WORDS)])
    expect(words).toMatch(/^[a-z]\w+ .*\w$/);
  const states: CaseState[] = ['complete', 'refused'];
  for (const caseState of states) expect(wordsOf({ caseState })).toMatch(/^(has finished|refused)/);
});
