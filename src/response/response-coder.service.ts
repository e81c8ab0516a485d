import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { type CaseFeed, type Compared } from '../questionnaire/feed/fed.js';
import { CODER } from '../questionnaire/record.js';
import { recordOf } from './coding.js';
import { cellsOf, contextOf } from './feed.service.js';

const BATCH = 500;

/** Codes answers again whose record was made by an older version of the code: the answers are the truth, records follow. */
@Injectable()
export class ResponseCoder {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
  ) {}

  /** @returns how many were coded again */
  async bringUpToDate(studyId: string): Promise<number> {
    let coded = 0;
    for (;;) {
      const count = await this.db.transaction(async (tx) => {
        const rows = await tx.query<
          {
            member_id: string;
            wave_id: string;
            questionnaire_id: string;
            answers: Record<string, unknown>;
            reached: string | null;
            submitted_on: string | null;
            on: string;
            locale: string;
            feed: CaseFeed | null;
            compared: Compared | null;
          }[]
        >(
          `SELECT r.member_id, r.wave_id, r.questionnaire_id, r.answers, r.reached, r.submitted_on,
                  coalesce(r.submitted_on, r.saved_on)::text AS on, r.locale, f.feed, f.compared
           FROM response r JOIN wave w ON w.id = r.wave_id
           LEFT JOIN case_feed f ON f.member_id = r.member_id AND f.wave_id = r.wave_id
           WHERE w.study_id = $1 AND r.coder <> $2 LIMIT $3 FOR UPDATE OF r`,
          [studyId, CODER, BATCH],
        );
        for (const row of rows) {
          const questionnaire = await this.questionnaires.get(row.questionnaire_id);
          const fed = row.feed ? { feed: row.feed, compared: row.compared ?? {} } : undefined;
          const context = contextOf(fed, row.locale, this.clock.now());
          const verdict = questionnaire.check.checkDraft(row.answers, context);
          const { record, children, answeredShare } = recordOf(
            questionnaire,
            verdict,
            row.submitted_on ? 'submitted' : row.reached,
            cellsOf(fed, questionnaire, verdict.answers, row.on, row.locale),
          );
          await tx.query(
            `UPDATE response SET record = $3, children = $4, coder = $5, answered_share = $6 WHERE member_id = $1 AND wave_id = $2`,
            [
              row.member_id,
              row.wave_id,
              JSON.stringify(record),
              JSON.stringify(children),
              CODER,
              answeredShare,
            ],
          );
        }
        return rows.length;
      });
      coded += count;
      if (count < BATCH) return coded;
    }
  }
}
