import { DataSource } from 'typeorm';
import { type Channel } from '../../../../src/study/channel.js';
import { type Study } from '../../../../src/study/study.service.js';
import { EnrolmentService } from '../../../../src/vault/enrolment.service.js';
import { VaultService } from '../../../../src/vault/vault.service.js';
import { loadStudy, openWave, testApp, type TestApp } from '../../../make/app.js';
import { type BotApiServer, botApiServer } from '../../../make/bot-api-server.js';
import { anna } from '../../../make/actors.js';
import { seeded } from '../../../make/random-answers.js';
import { COHORTS, LETTERS, studyFolder, type WaveLetter } from './study.js';

/** A Monday; the clocks change in Israel and in Europe before the campaign ends. */
export const BEGINS = new Date('2026-03-09T08:00:00Z');

/** A message that reached someone, by what it says itself. */
export interface Arrival {
  memberId: string;
  wave: string;
  /** Of reminders that people ask for: `asked`. */
  step: string;
  channel: Channel;
  locale: string;
  /** Of its link and of its way to stop messages. */
  token: string;
  stop: string;
}

/** Synthetic people over all that decides, the servers that reach them, and chance with a seed. */
export interface Town extends TestApp {
  study: Study;
  bots: BotApiServer;
  random(): number;
  pick<T>(all: readonly T[]): T;
  members: string[];
  /** Adds people. @returns their ids */
  settle(people: number, cohorts?: readonly string[]): Promise<string[]>;
  /** What they agreed to when they joined counts from now on for whoever has a case in the first wave. */
  haveSaid(): Promise<void>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** What arrived since this was asked last. */
  arrivals(): Promise<Arrival[]>;
}

/** Where people live, as far as it is known: more often where a rule of the study is of its own. */
const PLACES = [
  { hostCountry: 'SRB', timeZone: 'Europe/Belgrade' },
  { hostCountry: 'ISR', timeZone: 'Asia/Jerusalem' },
  { hostCountry: 'ISR' },
  { hostCountry: 'TUR', timeZone: 'Europe/Istanbul' },
  { hostCountry: 'ARM', timeZone: 'Asia/Yerevan' },
  { hostCountry: 'KAZ' }, // any of seven zones
  { hostCountry: 'KAZ', timeZone: 'Asia/Almaty' },
];
const REACH: readonly (readonly Channel[])[] = [
  ['email'],
  ['email'],
  ['email', 'telegram'],
  ['email', 'telegram'],
  ['email', 'telegram'],
  ['telegram'],
  ['letter'],
];
const SAID = {
  email: [null, null, null, null, true, false],
  telegram: [true, true, true, true, true, false, null],
} as const;
const CHAT = 70_000;

export async function aTown(seed: number, people: number): Promise<Town> {
  const files = await studyFolder();
  const bots = await botApiServer();
  const app = await testApp({
    begins: BEGINS,
    env: {
      TELEGRAM_TOKEN: bots.token,
      TELEGRAM_BOT: bots.bot,
      TELEGRAM_API_ROOT: bots.root,
      TELEGRAM_WEBHOOK_SECRET: 'a-webhook-secret-of-the-test',
    },
  });
  const { services, sink } = app;
  const study = await loadStudy(services, files.folder);
  const random = seeded(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const members: string[] = [];
  const rows: Town['rows'] = (sql, values) => services(DataSource).query(sql, values);
  const unsaid: { id: string; channel: Channel; given: boolean }[] = [];
  let mails = 0;
  let calls = 0;

  const settle = async (count: number, cohorts: readonly string[] = Object.keys(COHORTS)) => {
    const first = members.length;
    const ids = await services(EnrolmentService).add(
      study.id,
      Array.from({ length: count }, (_, index) => ({
        id: idFrom(random),
        email: emailOf(first + index),
        ...pick(PLACES),
        locale: pick(['ru', 'ru', 'en']),
        cohort: pick(cohorts),
        recruitmentSource: 'test',
        synthetic: true,
      })),
      anna,
    );
    for (const [index, id] of ids.entries()) {
      const channels = pick(REACH);
      if (channels.includes('telegram'))
        await services(VaultService).put(study.id, id, 'telegram', String(CHAT + first + index));
      await rows('UPDATE member SET channels = $2 WHERE id = $1', [id, channels]);
      for (const channel of ['email', 'telegram'] as const) {
        const given = pick(SAID[channel]);
        if (given !== null) unsaid.push({ id, channel, given });
      }
    }
    members.push(...ids);
    return ids;
  };
  const haveSaid = async () => {
    for (const one of [...unsaid]) {
      const stored = await rows(
        `INSERT INTO consent SELECT member_id, wave_id, $2, $3, '2026-11', 'ru', '2026-03-01' FROM issued_case
         WHERE member_id = $1 AND wave_id = 'nrd-a' RETURNING 1`,
        [one.id, one.channel, one.given],
      );
      if (stored.length > 0) unsaid.splice(unsaid.indexOf(one), 1);
    }
  };
  await settle(people);
  await openWave(services, study);
  await haveSaid();

  return {
    ...app,
    study,
    bots,
    random,
    pick,
    members,
    settle,
    haveSaid,
    rows,
    async arrivals() {
      const post = await sink.messages();
      const byMail = post.slice(mails).map(({ to, subject, text }) => {
        const person = members.findIndex((_, index) => to.includes(emailOf(index)));
        return read(members[person], 'email', subject, text);
      });
      const chats = bots.calls.slice(calls).filter(({ method }) => method === 'sendMessage');
      const byBot = chats.map(({ parameters }) => {
        const text = String(parameters['text']);
        return read(members[Number(parameters['chat_id']) - CHAT], 'telegram', text.split('\n', 1)[0]!, text);
      });
      mails = post.length;
      calls = bots.calls.length;
      return [...byMail, ...byBot];
    },
    async close() {
      await app.close();
      await bots.close();
      await files.remove();
    },
  };
}

const emailOf = (person: number) => `person-${person + 1}@synthetic.example`;

function read(memberId: string | undefined, channel: Channel, subject: string, text: string): Arrival {
  const [, wave, locale, token] = /\/go\/nrd\/(\w)\/(\w\w)#([\w-]{43})/.exec(text) ?? [];
  const [, stop] = /\/stop\/\w\w\/([\w-]{43})/.exec(text) ?? [];
  const [of, step, tongue] = subject.split(' ');
  const itsWave = of === '-' ? wave : of;
  if (!memberId || !step || !itsWave || !tongue) throw new Error(`Nobody can tell what this is: ${subject}`);
  if ((wave ?? itsWave) !== itsWave || (locale ?? tongue) !== tongue)
    throw new Error(`The link of "${subject}" belongs to another message`);
  return { memberId, wave: itsWave, step, channel, locale: tongue, token: token ?? '', stop: stop ?? '' };
}

/** A UUIDv4 from a source of chance: whatever is spread by it is the same for a seed. */
function idFrom(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  const variant = '89ab'[Math.floor(random() * 4)]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export const waveIdOf = (letter: WaveLetter) => `nrd-${letter}`;
export const isWave = (letter: string): letter is WaveLetter => (LETTERS as string[]).includes(letter);
