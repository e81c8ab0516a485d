import { DataSource } from 'typeorm';
import { type Services } from '../../src/kit/cli.js';
import { type Config } from '../../src/kit/config.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { type NewMember } from '../../src/panel/new-member.js';
import { serve } from '../../src/serve.node.js';
import { type Study } from '../../src/study/study.service.js';
import {
  addPeople,
  linkTokenOf,
  loadStudy,
  openWave,
  testApp,
  type TestApp,
  type TestAppOptions,
} from './app.js';
import { Visitor } from './visitor.js';

/** The whole application with a wave in the field: synthetic people, invited. */
export interface Field extends TestApp {
  study: Study;
  /** Ids of the people, in their order. */
  members: string[];
  emailOf(person: number): string;
  tokenOf(person: number): Promise<string>;
  /** A browser in which the person has opened the newest link that they were sent. */
  visit(person: number, locale?: string): Promise<Visitor>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** The messages that reached a person, oldest first. */
  lettersTo(person: number): Promise<{ subject: string; text: string; id: string; receivedAt: Date }[]>;
}

/** Fields the first wave of the first study for some people, the first of whom is number 0. */
export async function inTheField(
  people: number | Partial<NewMember>[],
  options: TestAppOptions & { invited?: boolean } = {},
): Promise<Field> {
  const town = await testApp(options);
  const { services, sink } = town;
  const emailOf = (person: number) => `person-${person + 1}@synthetic.example`;
  const study = await loadStudy(services);
  const who = typeof people === 'number' ? Array.from({ length: people }, () => ({})) : people;
  const members = await addPeople(services, study, who);
  await openWave(services, study);
  if (options.invited ?? true) await town.deliver();
  const tokenOf = (person: number) => linkTokenOf(sink, emailOf(person));
  return {
    ...town,
    study,
    members,
    emailOf,
    tokenOf,
    async visit(person, locale = 'ru') {
      const visitor = new Visitor(town.config.publicUrl);
      const opened = await visitor.open({ token: await tokenOf(person), locale });
      if (opened.status !== 303) throw new Error(`The link did not open: ${opened.status} ${opened.text}`);
      return visitor;
    },
    rows: (sql, values) => services(DataSource).query(sql, values),
    lettersTo: async (person) => (await sink.messages()).filter(({ to }) => to.includes(emailOf(person))),
  };
}

/** One more process of an installation, as far as databases and the network can tell. */
export interface Instance {
  services: Services;
  /** Where it listens; its own PUBLIC_URL may say otherwise. */
  url: string;
  close(): Promise<void>;
}

export async function oneMoreInstance(town: TestApp, differs: Partial<Config> = {}): Promise<Instance> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const app = await serve({ ...town.config, publicUrl: url, ...differs, port }, town.clock, {
    schedule: false,
  });
  return {
    services: (token) => app.get(token as never, { strict: false }),
    url,
    close: () => app.close(),
  };
}
