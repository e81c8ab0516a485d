// Planning the messages of a wave against one bare INSERT … SELECT of as many rows, the answer to "open the wave", and delivering to a
// mail server on this machine against a bare loop over a pooled nodemailer transport to the same server, in the same run.
// The worker is production's own (dist/src/main.js, role worker) in a process of its own.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { renderLetter } from '../../dist/src/contact/letter.js';
import { inShell } from '../../dist/src/contact/mail/shell.node.js';
import { findFreePort } from '../../dist/src/kit/embedded-process.node.js';
import { ROOT } from '../../dist/src/kit/paths.node.js';
import { EnrolmentService } from '../../dist/src/vault/enrolment.service.js';
import { WaveService } from '../../dist/src/wave/wave.service.js';
import { inApp } from './application.mjs';
import { medians, repeated, rounded, target } from './figures.mjs';
import { REAL_STUDY } from './sixty-items.mjs';

const MEMBERS = 100_000;
const MESSAGES = [2_000, 10_000];
const CONNECTIONS = 32; // as many as a worker has
/** Of the worker: with a larger one Node would rather let its heap grow than clear it, which tells nothing of what it needs. */
const HEAP_MB = 256;
const REPEATS = 3;
const PATIENCE = 200;
const TARGET = { planning: 3, openMs: 1000, share: 0.5, perSecond: 350, growthMb: 64 };
const PROGRAM = join(import.meta.dirname, 'contacts-process.mjs');

/** Three steps, of which the first is due for everyone at once: the study's own plan spreads its invitations. */
const PLAN = JSON.stringify([
  { step: 'invitation', afterDays: 0, letter: 'invitation' },
  { step: 'reminder1', afterDays: 5, letter: 'reminder' },
  { step: 'reminder2', afterDays: 12, letter: 'last-call' },
]);
const AT_ONCE = `UPDATE wave SET contact_plan = $1 WHERE id = 'nrd-a'`;

export async function bench(ground) {
  const planning = await planned(ground);
  const delivery = await delivered(ground);
  return told(ground, planning, delivery);
}

/** People who can be written to now: it is early afternoon where they are. */
const zoneNow = () => {
  const hoursBehind = new Date().getUTCHours() - 13;
  return `Etc/GMT${hoursBehind < 0 ? '' : '+'}${hoursBehind}`; // POSIX: plus is west
};

async function planned(ground) {
  const port = await findFreePort();
  const env = await ground.database('planning', port);
  const db = await ground.connect('planning');
  ground.progress(`Adding ${MEMBERS} people`);
  const studyId = await inApp(
    env,
    async (services) => (await services(WaveService).load(REAL_STUDY)).studyId,
  );
  await db.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, time_zone, channels, status, synthetic, joined_on)
     SELECT gen_random_uuid(), $1, 'baseline', 'bench', 'SRB', 'ru', 'Europe/Belgrade', '{email}', 'active', true, current_date
     FROM generate_series(1, $2::int)`,
    [studyId, MEMBERS],
  );
  await db.query(AT_ONCE, [PLAN]);
  await db.query('VACUUM ANALYZE member');
  ground.progress('Opening the wave');
  const { openMs, waveId } = await openOverHttp(ground, env, port);
  const whole = await runIn(ground, env, ['issue', waveId]);
  await db.query('CREATE TABLE bare_attempt (LIKE contact_attempt INCLUDING ALL)');
  await db.query('CREATE TABLE keyed_attempt (LIKE contact_attempt INCLUDING ALL)');
  await db.query('ALTER TABLE keyed_attempt ADD FOREIGN KEY (member_id, wave_id) REFERENCES issued_case');
  await db.query('CREATE TABLE source AS SELECT * FROM contact_attempt ORDER BY member_id, wave_id, step');
  await db.query('VACUUM ANALYZE');
  const repeats = await repeated(REPEATS, PATIENCE, async (nr) => {
    ground.progress(`Planning, ${nr + 1} of ${REPEATS}`);
    await db.query('TRUNCATE bare_attempt, keyed_attempt, contact_attempt CASCADE');
    const bare = await inserting(db, 'bare_attempt');
    const keyed = await inserting(db, 'keyed_attempt');
    await db.query('CHECKPOINT');
    const { rows, seconds, growthMb } = await runIn(ground, env, ['plan', waveId]);
    return { rows, bare, keyed, seconds, growthMb, times: seconds / bare, timesKeyed: seconds / keyed };
  });
  await db.end();
  return { openMs, whole, ...medians(repeats) };
}

async function inserting(db, table) {
  await db.query('CHECKPOINT');
  const begun = performance.now();
  await db.query(`INSERT INTO ${table} SELECT * FROM source`);
  return (performance.now() - begun) / 1000;
}

/** The time of the answer to "open the wave", from the server that production runs, and the wave that it opened. */
async function openOverHttp(ground, env, port) {
  const server = ground.child(join(ROOT.top, 'dist/src/main.js'), {
    env: { ...env, ONWARD_ROLE: 'web', SENDS_PER_MINUTE: '1000000' },
  });
  await untilReady(port);
  const begun = performance.now();
  const reply = await fetch(`http://127.0.0.1:${port}/api/waves/nrd/a/open`, { method: 'POST' });
  const openMs = performance.now() - begun;
  if (reply.status !== 202) throw new Error(`Opening the wave was answered ${reply.status}`);
  server.kill('SIGTERM');
  await server.gone;
  return { openMs, waveId: 'nrd-a' };
}

async function untilReady(port) {
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (ready?.ok) return;
    await pause(100);
  }
}

async function delivered(ground) {
  const sink = ground.child(join(import.meta.dirname, 'mail-sink.mjs'));
  const [{ port }] = await once(sink, 'message');
  const ask = async (word) => {
    sink.send(word);
    return (await once(sink, 'message'))[0];
  };
  const sizes = [];
  for (const count of MESSAGES) {
    const repeats = await repeated(count === MESSAGES.at(-1) ? REPEATS : 1, PATIENCE, async (nr) => {
      ground.progress(`Delivering ${count}, ${nr + 1}`);
      const name = `delivery_${count}_${nr}`;
      const worker = await deliver(ground, { name, count, sinkPort: port, ask });
      await ask('begin');
      const reference = await bareLoop(ground, port, count);
      const bare = await ask('count');
      return {
        bare: count / bare.seconds,
        bareGrowthMb: reference.growthMb,
        bareBytes: bare.bytes / count,
        perSecond: count / worker.seconds,
        bytes: worker.bytes / count,
        peakMb: worker.peakMb,
        share: count / worker.seconds / (count / bare.seconds),
      };
    });
    sizes.push({ count, ...medians(repeats) });
  }
  sink.send('end');
  return sizes;
}

/** A campaign of invitations, from the moment at which a worker starts to the last message. */
async function deliver(ground, { name, count, sinkPort, ask }) {
  const port = await findFreePort();
  const env = { ...(await ground.database(name, port)), SMTP_URL: `smtp://127.0.0.1:${sinkPort}` };
  await inApp(env, async (services) => {
    const waves = services(WaveService);
    const { studyId } = await waves.load(REAL_STUDY);
    const zone = zoneNow();
    await services(EnrolmentService).add(
      studyId,
      Array.from({ length: count }, (_, at) => ({
        email: `person-${at + 1}@synthetic.example`,
        hostCountry: 'SRB',
        timeZone: zone,
        locale: 'ru',
        cohort: 'baseline',
        recruitmentSource: 'bench',
        synthetic: true,
      })),
      { kind: 'system' },
    );
    await waves.open(studyId, 'a', { kind: 'system' });
  });
  const db = await ground.connect(name);
  await db.query(AT_ONCE, [PLAN]);
  await runIn(ground, env, ['issue', 'nrd-a']);
  await db.query('VACUUM ANALYZE');
  await db.end();
  await ask('begin');
  const worker = ground.child(join(ROOT.top, 'dist/src/main.js'), {
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: { ...env, ONWARD_ROLE: 'worker', SENDS_PER_MINUTE: '1000000' },
  });
  let peakMb = 0;
  let came;
  do {
    await pause(100);
    peakMb = Math.max(peakMb, await residentMb(worker.pid));
    came = await ask('count');
  } while (came.messages < count);
  worker.kill('SIGTERM');
  await worker.gone;
  return { ...came, peakMb };
}

async function residentMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** The very letter that the worker sends, made once. */
async function bareLoop(ground, port, count) {
  const file = await readFile(join(REAL_STUDY, 'letters/invitation.ru.md'), 'utf8');
  const [, subject, body] = /^# (.+)\n([\s\S]+)$/.exec(file);
  const token = 'x'.repeat(43);
  const fields = {
    link: `http://127.0.0.1:8080/go/nrd/a/ru#${token}`,
    unsubscribeLink: `http://127.0.0.1:8080/stop/ru/${token}`,
    minutes: '12–15',
    closesOn: '23 декабря',
  };
  const filled = renderLetter({ subject, body }, fields, 'ru');
  const letter = {
    subject,
    text: filled.text,
    html: await inShell(filled, 'ru'),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': `<${fields.unsubscribeLink}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
  return runIn(
    ground,
    {},
    [String(port), String(count), String(CONNECTIONS), JSON.stringify(letter)],
    join(import.meta.dirname, 'bare-mail.mjs'),
  );
}

/** One measurement in a fresh process. */
async function runIn(ground, env, args, program = PROGRAM) {
  return ground.measured(program, { args, env });
}

function told(ground, planning, delivery) {
  const [small, large] = delivery;
  return {
    machine: ground.machine,
    repeats: REPEATS,
    figures: { planning, delivery },
    targets: [
      target(
        'planning 100,000 × 3 ÷ one INSERT … SELECT of as many rows, foreign key and all',
        planning.timesKeyed,
        {
          atMost: TARGET.planning,
        },
      ),
      target('the same ÷ one INSERT … SELECT without the foreign key', planning.times, {
        atMost: TARGET.planning,
      }),
      target('answer to "open the wave", ms', planning.openMs, { atMost: TARGET.openMs }),
      target('delivery ÷ bare pooled loop', large.share, { atLeast: TARGET.share }),
      target('delivery, messages/s (350 where the bare loop reaches 700)', large.perSecond, {
        atLeast: Math.min(TARGET.perSecond, large.bare * TARGET.share),
      }),
      target('growth of the worker’s memory, 10,000 over 2,000, MiB', large.peakMb - small.peakMb, {
        atMost: TARGET.growthMb,
      }),
    ],
    tables: [
      {
        title: `Planning for ${MEMBERS} members`,
        head: [
          'messages',
          'bare INSERT s',
          'with its foreign key s',
          'plan s',
          'times',
          'times (with key)',
          'memory + MiB',
          'issue and plan s',
          'open ms',
        ],
        rows: [
          [
            planning.rows,
            planning.bare,
            planning.keyed,
            planning.seconds,
            planning.times,
            planning.timesKeyed,
            planning.growthMb,
            rounded(planning.whole.seconds),
            rounded(planning.openMs),
          ],
        ],
      },
      {
        title: 'Delivering e-mails to a mail server on this machine, one worker',
        head: [
          'messages',
          'bare loop /s',
          'bytes each',
          'worker /s',
          'bytes each',
          'share',
          'worker MiB at most',
        ],
        rows: delivery.map((size) => [
          size.count,
          size.bare,
          size.bareBytes,
          size.perSecond,
          size.bytes,
          size.share,
          size.peakMb,
        ]),
      },
    ],
  };
}
