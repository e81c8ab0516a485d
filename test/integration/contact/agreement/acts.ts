import { SuppressionService } from '../../../../src/contact/suppression.service.js';
import { ContactService } from '../../../../src/contact/contact.service.js';
import { addDays, dateOf } from '../../../../src/kit/clock.js';
import { PauseService } from '../../../../src/panel/pause.service.js';
import { ResidenceService } from '../../../../src/residence/residence.service.js';
import { CaseService } from '../../../../src/wave/case.service.js';
import { anna } from '../../../make/actors.js';
import { Desk } from '../../../make/desk.js';
import { Visitor } from '../../../make/visitor.js';
import { completeAnswers } from '../../../make/wave-a-answers.js';
import { editedPlan } from './study.js';
import { type Arrival, type Town } from './town.js';

/** What people and staff do while the campaign goes on. */
export interface Acts {
  /** What arrived: people act on it later. */
  received(arrivals: readonly Arrival[]): void;
  /** Someone does something. @returns what, or undefined where it came to nothing */
  oneMore(): Promise<string | undefined>;
  /** Staff hold the study's messages back, or let them go again. */
  holdBack(): Promise<void>;
  letGo(): Promise<void>;
  editPlan(): Promise<void>;
}

type Act = (memberId: string, got: Arrival | undefined) => Promise<boolean>;

const DESTINATIONS = [
  { country: 'DEU' },
  { country: 'TUR' },
  { country: 'ISR' },
  { country: 'USA', region: 'Сиэтл' },
  { country: 'USA' },
  { country: 'RUS' }, // its zones share an hour by mail, and none by Telegram
  { country: 'ARM' },
];

export function actsIn(town: Town): Acts {
  const { services, clock, pick, random } = town;
  const url = town.config.publicUrl;
  const desk = new Desk(town);
  /** The newest messages of each member. */
  const inbox = new Map<string, Arrival[]>();
  /** Browsers that have a case open, and the revision that they have come to. */
  const browsers = new Map<string, { visitor: Visitor; base: number }>();

  const opened = async (got: Arrival) => {
    const key = `${got.memberId} ${got.wave}`;
    const known = browsers.get(key);
    if (known) return known;
    const visitor = new Visitor(url);
    if ((await visitor.open({ token: got.token, locale: got.locale })).status !== 303) return undefined;
    const browser = { visitor, base: 0 };
    browsers.set(key, browser);
    return browser;
  };
  const post = async (path: string, form: Record<string, string>) =>
    (await new Visitor(url).ask(path, { method: 'POST', body: new URLSearchParams(form) })).status === 200;

  const byLink: Record<string, Act> = {
    opens: async (_, got) => got !== undefined && (await opened(got)) !== undefined,
    async stalls(_, got) {
      if (got?.wave !== 'a') return false;
      const browser = await opened(got);
      const page = pick(['p_country', 'p_country', 'p_left_russia']);
      const saved = await browser?.visitor.save(
        browser.base,
        { consent_take_part: 'yes' },
        { page, reached: page },
      );
      if (!browser || saved?.status !== 200) return false;
      browser.base += 1;
      return true;
    },
    async sends(_, got) {
      if (got?.wave !== 'a') return false;
      const browser = await opened(got);
      const answers = completeAnswers(Math.floor(random() * 1e6), {
        country: pick(['SRB', 'TUR', 'ISR', 'ARM']),
        consent_email: pick(['yes', 'yes', 'no']),
        consent_telegram: pick(['yes', 'no']),
      });
      return (await browser?.visitor.submit(browser.base, answers))?.status === 201;
    },
    async 'puts it off'(_, got) {
      if (!got?.token) return false;
      const choice = pick(['tomorrow', 'three-days', 'week', 'pause']);
      return post('/respond/later', { token: got.token, locale: got.locale, choice });
    },
    stops: async (_, got) =>
      got !== undefined &&
      post(`/stop/${got.locale}/${got.stop}`, { choice: pick(['all', 'wave', 'survey', 'check-in']) }),
    'stops no more': async (_, got) =>
      got !== undefined && post(`/stop/${got.locale}/${got.stop}/undo`, { choice: pick(['all', 'survey']) }),
  };
  const byMail = async (memberId: string, kind: 'bounced' | 'complaint') => {
    const [sent] = await town.rows<{ id: string }>(
      `SELECT message_id AS id FROM contact_attempt WHERE member_id = $1 AND state = 'sent' AND channel = 'email'
       ORDER BY sent_at DESC LIMIT 1`,
      [memberId],
    );
    if (!sent) return false;
    const code = kind === 'bounced' ? 'dsn_5.1.1' : 'arf_abuse';
    return (await services(ContactService).trouble({ messageId: sent.id, kind, code })) !== undefined;
  };
  const byOthers: Record<string, Act> = {
    'a mail comes back': (memberId) => byMail(memberId, 'bounced'),
    'a mail is called unwanted': (memberId) => byMail(memberId, 'complaint'),
    async 'a pause of some days'(memberId) {
      const from = Math.floor(random() * 4);
      const untilOn = dateOf(addDays(clock.now(), from + 2 + Math.floor(random() * 5)));
      const pause = { fromOn: dateOf(addDays(clock.now(), from)), untilOn };
      await services(PauseService).pause(memberId, pause, anna);
      return true;
    },
    async 'a pause until further notice'(memberId) {
      await services(PauseService).pause(memberId, { fromOn: dateOf(clock.now()), untilOn: null }, anna);
      return true;
    },
    async 'a pause ends'(memberId) {
      await services(PauseService).resume(memberId, anna);
      return true;
    },
    async 'a move'(memberId) {
      const body = { member: memberId, ...pick(DESTINATIONS) };
      return (await desk.ask('POST', '/api/fieldwork/nrd/residence', body)).status === 201;
    },
    async 'an address is suppressed'(memberId) {
      const address = `person-${town.members.indexOf(memberId) + 1}@synthetic.example`;
      return (await services(SuppressionService).suppress(town.study.id, [address], anna)) === 1;
    },
    async 'an address is good again'(memberId) {
      await services(SuppressionService).clear(town.study.id, memberId, 'email', anna);
      return true;
    },
    async 'someone leaves'(memberId) {
      const [here] = await town.rows(`SELECT FROM member WHERE id = $1 AND status = 'active'`, [memberId]);
      if (!here) return false;
      const as = pick(['withdrawn', 'withdrawn', 'dead'] as const);
      return (
        (await services(CaseService).endMembership({ memberId, as, reason: 'a test', actor: anna })).ended > 0
      );
    },
  };

  /** What is done more often stands here more than once. */
  const REPERTOIRE: readonly (readonly [string, Act])[] = Object.entries({ ...byLink, ...byOthers }).flatMap(
    ([name, act]) => Array.from({ length: OFTEN[name] ?? 1 }, () => [name, act] as const),
  );
  const sending = async (path: string) => {
    const { status, text } = await desk.ask('POST', `/api/sending/nrd/${path}`);
    if (status !== 200) throw new Error(`The study was not held back or let go: ${text}`);
  };

  return {
    received(arrivals) {
      for (const got of arrivals) inbox.set(got.memberId, [...(inbox.get(got.memberId) ?? []), got]);
    },
    async oneMore() {
      const memberId = pick(town.members);
      const [name, act] = pick(REPERTOIRE);
      const mine = inbox.get(memberId) ?? [];
      const came = await act(memberId, mine.length > 0 ? pick(mine) : undefined);
      // Where they said that they live counts from the next sweep on, which is ten seconds away at most.
      if (came) await services(ResidenceService).catchUp();
      return came ? name : undefined;
    },
    holdBack: () => sending('pause'),
    letGo: () => sending('resume'),
    async editPlan() {
      const { status, text } = await desk.ask('PUT', '/api/contact/nrd/waves/a/plan', editedPlan());
      if (status !== 200) throw new Error(`The plan was not taken: ${text}`);
    },
  };
}

const OFTEN: Record<string, number> = {
  opens: 5,
  stalls: 5,
  sends: 3,
  'puts it off': 6,
  stops: 2,
  'a move': 3,
};
