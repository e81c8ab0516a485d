import { liveThrough, type Tally } from './agreement/campaign.js';

/** Campaigns to live through; more for a longer look: AGREEMENT_RUNS=50 npx jest … agreement */
const RUNS = Number(process.env['AGREEMENT_RUNS'] ?? 1);
const PEOPLE = 60;

/** What has to have become of some messages. */
const DECIDED = [
  'send email',
  'send telegram',
  ...['not_due', 'quiet_hours', 'study_paused', 'paused', 'asked_later', 'frequency_cap', 'condition'].map(
    (reason) => `wait ${reason}`,
  ),
  ...['completed', 'wave_closed', 'window_over', 'step_removed', 'no_channel'].map(
    (reason) => `suppress ${reason}`,
  ),
  ...['frequency_cap', 'condition_false'].map((reason) => `suppress ${reason}`),
  ...['sent', 'suppressed'].map((reason) => `past ${reason}`),
  'no_case not_eligible',
  'foretold rightly',
  'promise kept',
];

/** What a single campaign may do without. */
const RARE = RUNS < 3 ? [] : ['suppress withdrawn', 'suppress unsubscribed'];

const tally: Tally = new Map();

it.each(Array.from({ length: RUNS }, (_, index) => index + 1))(
  'in campaign %i whoever is said to be written to is, as it was said, and nobody else',
  async (seed) => {
    const { found, tally: counted } = await liveThrough(seed, PEOPLE);
    for (const [what, times] of counted) tally.set(what, (tally.get(what) ?? 0) + times);
    expect(found).toEqual([]);
  },
  300_000,
);

it('all that can decide about a message has decided about some of them', () => {
  expect([...DECIDED, ...RARE].filter((what) => !tally.has(what))).toEqual([]);
});
