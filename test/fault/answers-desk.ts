import { DataSource } from 'typeorm';
import { type Study } from '../../src/study/study.service.js';
import { testApp, type TestApp } from '../make/app.js';
import { Visitor } from '../make/visitor.js';
import { WAVE_A } from '../make/wave-a-answers.js';
import {
  type Acknowledged,
  answerFigures,
  type AnswerFigures,
  emptyLedger,
  type Ledger,
  STORED_CASES,
  type StoredCase,
} from './answers-figures.js';
import { type Invited, invited } from './answers-site.js';

/** The application in this process, with a clock that is moved by hand, people who were invited, and what they were told. */
export interface AnswersDesk extends TestApp {
  study: Study;
  waveId: string;
  people: Invited[];
  ledger: Ledger;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A browser in which the person has opened their link. */
  visit(person: Invited): Promise<Visitor>;
  /** Writes down an id that is about to be sent. */
  sends(person: Invited, id: string): void;
  note(one: Acknowledged): void;
  count(seconds: number): Promise<AnswerFigures>;
}

export async function answersDesk(people: number): Promise<AnswersDesk> {
  const town = await testApp();
  const rows: AnswersDesk['rows'] = (sql, values) => town.services(DataSource).query(sql, values);
  const field = await invited(town.services, rows, people, town.clock.now()).catch(async (cause: unknown) => {
    await town.close();
    throw cause;
  });
  const ledger = emptyLedger();
  return {
    ...town,
    study: field.study,
    waveId: field.wave.id,
    people: field.people,
    ledger,
    rows,
    async visit({ token }) {
      const visitor = new Visitor(town.config.publicUrl);
      const { status, text } = await visitor.open({ token, locale: 'ru' });
      if (status !== 303) throw new Error(`The link did not open: ${status} ${text}`);
      return visitor;
    },
    sends({ memberId }, id) {
      ledger.sent.set(memberId, (ledger.sent.get(memberId) ?? new Set()).add(id));
    },
    note: (one) => void ledger.acknowledged.push(one),
    async count(seconds) {
      const cases = await rows<StoredCase>(STORED_CASES);
      return answerFigures(ledger, cases, WAVE_A, field.study.file.consents, seconds);
    },
  };
}
