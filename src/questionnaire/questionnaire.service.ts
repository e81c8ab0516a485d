import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { type CompiledQuestionnaire, compileQuestionnaire } from './check/check.js';
import { type Feed, feedsOf } from './feed/feed.js';
import { QuestionnaireVersionRow } from './questionnaire.entity.js';
import { QuestionnaireRefused, UnknownQuestionnaire } from './questionnaire.problems.js';
import { readJsonText } from './questionnaire-text.js';
import { makeRecorder, type Recorder } from './record.js';
import { QuestionnaireTrial } from './trial.node.js';
import { type Variable, type VariableTable } from './variable/variable.js';
import { deriveTables } from './variable/variables.js';

/** A questionnaire version, ready to work with: parsed, compiled once a process. */
export interface ReadyQuestionnaire {
  id: string;
  json: object;
  check: CompiledQuestionnaire;
  variables: Variable[];
  tables: VariableTable[];
  record: Recorder;
  /** The items that earlier answers are fed to. */
  feeds: Feed[];
  /** Whether it refers to anything earlier at all. */
  looksBack: boolean;
}

const KEPT = 40;

@Injectable()
export class QuestionnaireService {
  private readonly trial = new QuestionnaireTrial();
  private readonly ready = new Map<string, Promise<ReadyQuestionnaire>>();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Makes an immutable version of a questionnaire's text; the same text is the same version.
   * @throws QuestionnaireRefused with every finding when the questionnaire may not be fielded
   */
  async import(
    db: EntityManager,
    studyId: string,
    name: string,
    content: string,
    locales: string[],
  ): Promise<string> {
    const id = createHash('sha256').update(content).digest('hex');
    const known = await db.existsBy(QuestionnaireVersionRow, { id });
    if (known) return id;
    readJsonText(name, content);
    const found = await this.trial.findings({ content, locales, now: this.clock.now().toISOString() });
    const errors = found.filter(({ level }) => level === 'error');
    if (errors.length > 0) throw QuestionnaireRefused({ questionnaire: name, findings: errors });
    await db.query(
      `INSERT INTO questionnaire_version (id, study_id, content, imported_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO NOTHING`,
      [id, studyId, content, this.clock.now()],
    );
    return id;
  }

  /** A version by its id; compiled at first use, the least recently used ones are let go. */
  async get(id: string): Promise<ReadyQuestionnaire> {
    const found = this.ready.get(id) ?? this.load(id);
    this.ready.delete(id);
    this.ready.set(id, found);
    const oldest = this.ready.keys().next().value;
    if (this.ready.size > KEPT && oldest !== undefined) this.ready.delete(oldest);
    try {
      return await found;
    } catch (cause) {
      this.ready.delete(id);
      throw cause;
    }
  }

  private async load(id: string): Promise<ReadyQuestionnaire> {
    const row = await this.db.getRepository(QuestionnaireVersionRow).findOneBy({ id });
    if (!row) throw UnknownQuestionnaire({ id });
    const json = JSON.parse(row.content) as object;
    const { variables, tables } = deriveTables(json);
    return {
      id,
      json,
      check: compileQuestionnaire(json),
      variables,
      tables,
      record: makeRecorder(variables),
      feeds: feedsOf(json),
      looksBack: /\{prev\b/i.test(row.content),
    };
  }
}
