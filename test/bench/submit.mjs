// Complete responses a second through HTTP, against bare single-row INSERTs on the same PostgreSQL in the same run.
// The server is production's own (dist/src/main.js, role web) in a process of its own; this process is the load.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { findFreePort } from '../../dist/src/kit/embedded-process.node.js';
import { ROOT } from '../../dist/src/kit/paths.node.js';
import { inApp } from './application.mjs';
import { bareInserts } from './bare-inserts.mjs';
import { median, medians, repeated, rounded, target } from './figures.mjs';
import { load, postRequest } from './http-load.mjs';
import { addOpenedCases, addSessions, answersOf, openStudy } from './panel.mjs';
import { REAL_STUDY, writeSixtyItemStudy } from './sixty-items.mjs';

const CONNECTIONS = [1, 8, 32];
const REPEATS = 3;
const PATIENCE = 150;
const SECONDS = { bare: 2, sixty: 3, real: 2, warm: 1.5 };
const CASES = { sixty: 48_000, real: 32_000 };
const SETS = 200;
/** The others stay as a new installation has them: to PostgreSQL, a table that was vacuumed while empty is an empty one. */
const FILLED =
  'study, wave, member, issued_case, case_event, contact_attempt, personal_link, respondent_session';
const BARE_BODY_BYTES = 1536;
const TARGET = { share: 0.06, checkMs: 1 };

export async function bench(ground) {
  const port = await findFreePort();
  const env = await ground.database('onward', port);
  ground.progress('Making two studies and their people');
  const studies = await prepared(ground, env, port);
  ground.progress('Measuring the check');
  const check = { sixty: checkCost(studies.sixty), real: checkCost(studies.real) };
  ground.progress('Starting the server');
  const server = await startServer(ground, env, port);
  const bare = await bareInserts(ground, Math.max(...CONNECTIONS), BARE_BODY_BYTES);
  for (const { next } of Object.values(studies))
    await submissions({ port, server, next, connections: 8, seconds: SECONDS.warm });
  await bare.run(8, SECONDS.warm);
  const repeats = await repeated(REPEATS, PATIENCE, async (nr) => {
    ground.progress(`Submitting, ${nr + 1} of ${REPEATS}`);
    const rounds = [];
    for (const connections of CONNECTIONS) {
      const inserts = await bare.run(connections, SECONDS.bare);
      const at = { port, server, connections };
      const sixty = await submissions({ ...at, next: studies.sixty.next, seconds: SECONDS.sixty });
      const real = await submissions({ ...at, next: studies.real.next, seconds: SECONDS.real });
      rounds.push({
        bare: inserts,
        sixty,
        real,
        share: { sixty: sixty.perSecond / inserts, real: real.perSecond / inserts },
      });
    }
    return rounds;
  });
  await bare.end();
  server.kill('SIGTERM');
  await server.gone;
  return told(ground, studies, check, repeats);
}

/** Loads both studies with people who have a session each, and the bodies that they will send. */
async function prepared(ground, env, port) {
  const db = await ground.connect('onward');
  const folders = { sixty: await writeSixtyItemStudy(ground.folder), real: REAL_STUDY };
  const studies = await inApp(env, async (services) => {
    const made = {};
    for (const [name, folder] of Object.entries(folders)) {
      const opened = await openStudy(services, folder);
      await addOpenedCases(db, opened, CASES[name]);
      const tokenOf = await addSessions(db, opened);
      const answers = answersOf(opened, SETS);
      made[name] = { ...opened, answers, next: requests(port, tokenOf, CASES[name], answers) };
    }
    return made;
  });
  await db.query(`VACUUM ANALYZE ${FILLED}`);
  await db.query('CHECKPOINT');
  await db.end();
  return studies;
}

/** Each case's submission, once. */
function requests(port, tokenOf, cases, answers) {
  const bodies = answers.map((set) => JSON.stringify({ base: 0, answers: set, locale: 'ru' }).slice(1));
  let nr = 0;
  return () => {
    if (nr === cases) return undefined;
    nr += 1;
    return postRequest({
      path: '/api/respond/submission',
      host: `127.0.0.1:${port}`,
      headers: { cookie: `onward-local=${tokenOf(nr)}`, 'x-onward': 'respond' },
      body: `{"submissionId":"${randomUUID()}",${bodies[nr % bodies.length]}`,
    });
  };
}

async function startServer(ground, env, port) {
  const server = ground.child(join(ROOT.top, 'dist/src/main.js'), {
    env: { ...env, ONWARD_ROLE: 'web' },
    execArgv: ['--import', join(import.meta.dirname, 'cpu-meter.mjs')],
  });
  const given = performance.now() + 30_000;
  while (!(await isReady(port))) {
    if (server.exitCode !== null) throw new Error('The server did not start.');
    if (performance.now() > given) throw new Error('The server was not ready within 30 s.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const cpu = () =>
    new Promise((resolve) => {
      server.once('message', ({ user, system }) => resolve((user + system) / 1000));
      server.send('cpu');
    });
  return Object.assign(server, { cpu });
}

const isReady = async (port) => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch (cause) {
    if (cause instanceof TypeError) return false; // nobody listens yet
    throw cause;
  }
};

/** Milliseconds of processor time per check of a submission, in this process, once it is warm. */
function checkCost({ questionnaire: { check }, answers }) {
  const now = new Date();
  const times = (count) => {
    for (let at = 0; at < count; at += 1)
      if (!check.checkSubmission(answers[at % answers.length], { now }).ok)
        throw new Error('The check refused an answer.');
  };
  times(1000);
  const costs = Array.from({ length: REPEATS }, () => {
    const before = process.cpuUsage();
    times(1000);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return rounded(median(costs));
}

async function submissions({ port, server, next, connections, seconds }) {
  const before = await server.cpu();
  const done = await load({ port, connections, seconds, expected: 201, next });
  if (done.count === 0) throw new Error('No prepared case was left to submit.');
  const sorted = done.milliseconds.sort((a, b) => a - b);
  return {
    perSecond: done.count / done.seconds,
    serverCpuMs: ((await server.cpu()) - before) / done.count,
    medianMs: median(sorted),
    p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1],
  };
}

function told(ground, studies, check, repeats) {
  const rounds = CONNECTIONS.map((connections, at) => {
    const of = (pick) => repeats.map((rounds) => pick(rounds[at]));
    return {
      connections,
      barePerSecond: rounded(median(of(({ bare }) => bare))),
      sixty: {
        ...medians(of(({ sixty }) => sixty)),
        shareOfBare: rounded(median(of(({ share }) => share.sixty))),
      },
      real: {
        ...medians(of(({ real }) => real)),
        shareOfBare: rounded(median(of(({ share }) => share.real))),
      },
    };
  });
  const bytes = ({ answers }) =>
    Math.round(answers.reduce((sum, set) => sum + JSON.stringify(set).length, 0) / answers.length);
  const answerBytes = { sixty: bytes(studies.sixty), real: bytes(studies.real) };
  const head = [
    'connections',
    'bare INSERTs/s',
    'responses/s',
    'share',
    'server CPU ms',
    'median ms',
    '99 % ms',
  ];
  const table = (name, title) => ({
    title: `${title}: ${answerBytes[name]} bytes of answers, check ${check[name]} ms CPU`,
    head,
    rows: rounds.map(({ connections, barePerSecond, [name]: of }) => [
      connections,
      barePerSecond,
      of.perSecond,
      of.shareOfBare,
      of.serverCpuMs,
      of.medianMs,
      of.p99Ms,
    ]),
  });
  return {
    machine: ground.machine,
    repeats: repeats.length,
    figures: { rounds, checkCpuMs: check, answerBytes, bareBodyBytes: BARE_BODY_BYTES },
    targets: [
      target('responses of 60 items ÷ bare INSERTs at 32 connections', rounds.at(-1).sixty.shareOfBare, {
        atLeast: TARGET.share,
      }),
      target('CPU of the check of 60 items, ms', check.sixty, { atMost: TARGET.checkMs }),
    ],
    tables: [table('sixty', 'Sixty items'), table('real', 'Wave a of new-russian-diasporas')],
  };
}
