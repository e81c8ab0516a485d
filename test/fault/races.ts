import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { newToken } from '../../src/access/token.node.js';
import { SenderService } from '../../src/contact/sender.service.js';
import { StopService } from '../../src/contact/stop.service.js';
import { addDays, dateOf } from '../../src/kit/clock.js';
import { PauseService } from '../../src/panel/pause.service.js';
import { SendingService } from '../../src/contact/sending.service.js';
import { StudyService } from '../../src/study/study.service.js';
import { CaseService } from '../../src/wave/case.service.js';
import { addPeople, BEGINS, loadStudy, openWave, testApp, type TestApp } from '../make/app.js';
import { seeded } from '../make/random-answers.js';
import { Visitor } from '../make/visitor.js';
import { completeAnswers } from '../make/wave-a-answers.js';
import { type Attempt, type Figures, figuresOf, told } from './figures.js';
import { type CountingSink, instant, startCountingSink } from './sink.js';
import { anna, themselves } from '../make/actors.js';

const STEP = 'reminder1';
const BATCH = 200;
/** Messages that one pause of the study overtakes: as many as one process has on their way at once. */
const TOGETHER = 8;
const MOST_MS = 50;
/** The server answers within the first half of the time in which the act comes, so that each is first now and then. */
const ACT_WITHIN_MS = 2 * MOST_MS;
const LATEST_MS = 1000;
/** Of so many races one is held up between its last look and its leaving, as by staff who edit the plan of many. */
const HELD_UP_EVERY = 50;
const LOOKED_MS = 300;

/** What stops a message, and what the table then gives as the reason. */
const REASONS = {
  completes: ['completed'],
  withdraws: ['withdrawn'],
  pauses: ['paused'],
  stops: ['unsubscribed'],
  'study pauses': ['study_paused'],
} as const satisfies Record<string, readonly string[]>;
type Act = keyof typeof REASONS;
const ACTS = Object.keys(REASONS) as Act[];
/** The first of those that are held up: its act touches the member alone. */
const HELD_UP = ACTS.indexOf('stops');

/** A message on its way to the mail server, and something that is to stop it. Instants are the sink's. */
interface Race {
  memberId: string;
  address: string;
  act: Act;
  /**
   * `act-first`: the act is acknowledged before the server lets the message go on. `random`: both come at random. `held-up`: the act
   * comes after the message's last look at the tables, and somebody else holds the message for longer than a second.
   */
  order: 'act-first' | 'random' | 'held-up';
  /** What comes before the act, long before the message. */
  ready: () => Promise<unknown>;
  perform: () => Promise<unknown>;
  /** The mail server has heard of the recipient. */
  met: boolean;
  acknowledgedAt: number;
  answeredAt: number;
}

export interface Races extends Figures {
  /** Messages whose content began after the acknowledgement of what should stop them, and before the answer that let them go on. */
  overtaken: number;
  /** Content that began after an acknowledgement, at most, in milliseconds. */
  worstMs: number;
  /** Content that began later than a second after the acknowledgement. */
  late: number;
  /** Messages that were let go on only after the acknowledgement, and left. */
  leftAfterwards: number;
}

/** R6: completing, withdrawing, pausing and stopping against a message whose recipient the mail server has yet to accept. */
export async function races({ races: count }: { races: number }): Promise<Races> {
  const table = new Map<string, Race>();
  const random = seeded(6);
  const pending: Promise<void>[] = [];
  const sink = await startCountingSink({
    beforeRecipient: async (address) => {
      const race = table.get(address);
      if (!race || race.met) return;
      const { goesOn, over } = meet(race, random, town.services(DataSource));
      over.catch(() => undefined); // told when all are awaited
      pending.push(over);
      await goesOn;
      race.answeredAt = instant();
    },
  });
  const town = await testApp({ env: { SMTP_URL: `smtp://127.0.0.1:${sink.port}` } });
  try {
    const begun = performance.now();
    const all = await prepare(town, count);
    for (const race of all) table.set(race.address, race);
    const groups = [
      ...chunks(
        all.filter(({ act }) => act !== 'study pauses'),
        BATCH,
      ),
      ...chunks(
        all.filter(({ act }) => act === 'study pauses'),
        TOGETHER,
      ),
    ];
    for (const group of groups) await run(town, group, pending);
    return await judge(town, sink, all, (performance.now() - begun) / 1000);
  } finally {
    await town.close();
    await sink.close();
  }
}

/** What happens while the mail server stalls: `goesOn` when it answers, `over` when the act was acknowledged. */
function meet(race: Race, random: () => number, db: DataSource): Record<'goesOn' | 'over', Promise<void>> {
  race.met = true;
  const act = async (afterMs: number) => {
    await pause(afterMs);
    await race.perform();
    race.acknowledgedAt = instant();
  };
  if (race.order === 'random')
    return { goesOn: pause(random() * MOST_MS), over: act(random() * ACT_WITHIN_MS) };
  if (race.order === 'act-first') {
    const over = act(0);
    return { goesOn: over.catch(() => undefined), over };
  }
  let held = () => {};
  const goesOn = new Promise<void>((resolve) => (held = resolve));
  const over = db.transaction(async (tx) => {
    await tx.query('SELECT FROM contact_attempt WHERE member_id = $1 FOR UPDATE', [race.memberId]);
    held();
    await act(LOOKED_MS);
    await pause(LATEST_MS + LOOKED_MS);
  });
  return { goesOn, over };
}

/** Invited members, each with a reminder to come, and half of them with a session or a link by which they act. */
async function prepare({ services, config, clock }: TestApp, count: number): Promise<Race[]> {
  const study = await loadStudy(services);
  const members = await addPeople(
    services,
    study,
    Array.from({ length: count }, () => ({})),
  );
  const { wave } = await openWave(services, study);
  const db = services(DataSource);
  await db.query(
    `UPDATE contact_attempt SET state = CASE step WHEN 'invitation' THEN 'sent' ELSE state END,
       sent_at = CASE step WHEN 'invitation' THEN $1::timestamptz END, falls_due_at = $2, due_at = $2`,
    [addDays(BEGINS, -5), addDays(BEGINS, 20)],
  );
  await db.query(`UPDATE issued_case SET state = 'invited'`);
  const links = members.map(() => ({ link: newToken(), stop: newToken() }));
  await db.query(
    `INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash)
     SELECT t.hash, t.member_id, $1, 'invitation', t.stop FROM unnest($2::bytea[], $3::uuid[], $4::bytea[]) AS t(hash, member_id, stop)`,
    [wave.id, links.map(({ link }) => link.hash), members, links.map(({ stop }) => stop.hash)],
  );
  const answers = Array.from({ length: 16 }, (_, seed) => completeAnswers(seed));
  const today = dateOf(clock.now());
  const nothing = () => Promise.resolve();
  const acts: Record<Act, (index: number, memberId: string) => Pick<Race, 'ready' | 'perform'>> = {
    completes: (index) => {
      const visitor = new Visitor(config.publicUrl);
      return {
        ready: () => visitor.open({ token: links[index]?.link.token ?? '', locale: 'ru' }),
        perform: async () => {
          const { status, text } = await visitor.submit(0, answers[index % answers.length] ?? {});
          if (status !== 201) throw new Error(`The questionnaire was not taken: ${status} ${text}`);
        },
      };
    },
    withdraws: (_, memberId) => ({
      ready: nothing,
      perform: () =>
        services(CaseService).endMembership({ memberId, as: 'withdrawn', reason: 'asked to', actor: anna }),
    }),
    pauses: (_, memberId) => ({
      ready: nothing,
      perform: () =>
        services(PauseService).pause(memberId, { fromOn: today, untilOn: null }, themselves(memberId)),
    }),
    stops: (index) => ({
      ready: nothing,
      perform: () => services(StopService).stop(links[index]?.stop.token ?? ''),
    }),
    'study pauses': () => ({
      // Without the look of a resumed study, which lets go what the races before have held back.
      ready: () => db.transaction((tx) => services(StudyService).holdSending(tx, study.id, false)),
      perform: () => services(SendingService).pause(study.id, anna),
    }),
  };
  return members.map((memberId, index) => {
    const act = ACTS[index % ACTS.length] ?? 'completes';
    return {
      ...acts[act](index, memberId),
      memberId,
      address: `person-${index + 1}@synthetic.example`,
      act,
      order:
        index % HELD_UP_EVERY === HELD_UP
          ? 'held-up'
          : Math.floor(index / ACTS.length) % 2 === 0
            ? 'act-first'
            : 'random',
      met: false,
      acknowledgedAt: 0,
      answeredAt: 0,
    };
  });
}

/** Makes the messages of some races due, and works off what is due until nothing is. */
async function run({ services, clock }: TestApp, group: Race[], pending: Promise<void>[]): Promise<void> {
  const db = services(DataSource);
  for (const { ready } of group) await ready();
  await db.query(
    `UPDATE contact_attempt SET due_at = $1, falls_due_at = $1 WHERE step = $2 AND member_id = ANY($3::uuid[])`,
    [clock.now(), STEP, group.map(({ memberId }) => memberId)],
  );
  const never = new AbortController().signal;
  for (;;) {
    await Promise.all([1, 2].map(() => services(SenderService).sendDue('email', never)));
    await Promise.all(pending.splice(0));
    const [due] = await db.query<{ due: number }[]>(
      `SELECT count(*)::int AS due FROM contact_attempt WHERE state = 'planned' AND due_at <= $1`,
      [clock.now()],
    );
    if (due?.due === 0) return;
  }
}

async function judge(
  { services }: TestApp,
  sink: CountingSink,
  all: readonly Race[],
  seconds: number,
): Promise<Races> {
  const rows = await services(DataSource).query<(Attempt & { member_id: string; reason: string | null })[]>(
    'SELECT member_id, state, message_id, reason FROM contact_attempt WHERE step = $1',
    [STEP],
  );
  const figures = figuresOf(rows, sink.arrivals, seconds);
  const begunAt = new Map(sink.arrivals.map(({ to, begunAt: at }) => [to, at]));
  const attempts = new Map(rows.map((row) => [row.member_id, row]));
  const afterwards = all.flatMap(({ address, acknowledgedAt }) => {
    const lateness = (begunAt.get(address) ?? 0) - acknowledgedAt;
    return lateness > 0 ? [lateness] : [];
  });
  const leftAfterwards = all.filter(
    ({ address, acknowledgedAt, answeredAt }) => acknowledgedAt < answeredAt && begunAt.has(address),
  ).length;
  const late = afterwards.filter((lateness) => lateness > LATEST_MS).length;
  const misjudged = all.filter(({ act, memberId, address }) => {
    const reasons: readonly string[] = REASONS[act];
    return !begunAt.has(address) && !reasons.includes(attempts.get(memberId)?.reason ?? '');
  }).length;
  figures.faults.push(
    ...told([
      [late, `messages began later than ${LATEST_MS} ms after the acknowledgement`],
      [leftAfterwards, 'messages left though what stops them was acknowledged before they could'],
      [misjudged, 'messages did not leave and the table gives another reason than the act'],
      [all.filter(({ met }) => !met).length, 'messages never came as far as the mail server'],
    ]),
  );
  const stopped = all.length - begunAt.size;
  if (begunAt.size === 0 || stopped === 0)
    figures.faults.push('Only one of both orders occurred, so nothing was shown.');
  return {
    ...figures,
    overtaken: afterwards.length,
    worstMs: Math.round(Math.max(0, ...afterwards) * 10) / 10,
    late,
    leftAfterwards,
  };
}

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
