import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { type StudyFile, type WaveFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { type Issue, issueFor } from './issue.js';
import { issueCases, panelPage } from './issue.queries.js';
import { factsOfMember, type PanelRow } from './member-facts.js';
import { closeOf, rulesOf, wavesBefore } from './wave-rules.js';
import { WaveRow } from './wave.entity.js';
import { UnknownWave } from './wave.problems.js';

/** A wave that is open, or is looked at as if it were. */
interface Fielded {
  id: string;
  studyId: string;
  file: WaveFile;
  openedAt: Date;
  closesAt: Date;
}

const MEMBERS_A_PAGE = 1000;

/** Who gets a case in a wave: eligible, and in their own window. */
@Injectable()
export class IssueService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  /**
   * Issues a case to whoever of the next page of members gets one now. Part of the caller's transaction.
   * @param after  the last member of the page before; null begins
   * @returns the members who got one, and the last one of the page: undefined where the panel ends with it
   */
  async issuePage(
    tx: EntityManager,
    wave: Fielded,
    after: string | null,
    now: Date,
  ): Promise<{ issuedTo: string[]; last: string | undefined }> {
    const judge = await this.judge(wave, now);
    const rows = await panelPage(tx, wave.id, { after, limit: MEMBERS_A_PAGE, waiting: true });
    const due = rows.flatMap((row) => {
      const found = judge(row);
      if (!found.issue) return [];
      return [{ memberId: row.member_id, closesAt: found.ownWindow ? found.closesAt : null }];
    });
    return {
      issuedTo: due.length > 0 ? await issueCases(tx, wave.id, due, now) : [],
      last: rows.length < MEMBERS_A_PAGE ? undefined : rows.at(-1)?.member_id,
    };
  }

  /**
   * Who would get a case at an instant, and for everyone else the one reason why not. A wave that is not open is looked at as if it
   * opened then. Changes nothing.
   * @throws UnknownWave
   */
  async *eligibility(
    studyId: string,
    letter: string,
    now = this.clock.now(),
  ): AsyncGenerator<{ memberId: string } & Issue> {
    const row = await this.db.getRepository(WaveRow).findOneBy({ studyId, letter });
    if (!row) throw UnknownWave({ wave: letter });
    const { file } = await this.studies.get(studyId);
    const openedAt = row.openedAt ?? now;
    const judge = await this.judge(
      {
        id: row.id,
        studyId,
        file: row.definition,
        openedAt,
        closesAt: row.closesAt ?? closeOf(row.definition, rulesOf(file, row.definition), openedAt),
      },
      now,
    );
    for await (const rows of this.pages(row.id))
      for (const member of rows) yield { memberId: member.member_id, ...judge(member) };
  }

  private async judge(wave: Fielded, now: Date): Promise<(row: PanelRow) => Issue> {
    const { file } = await this.studies.get(wave.studyId);
    const rules = rulesOf(file, wave.file);
    const known = factNames(file, wave.file.id);
    const on = dateOf(now);
    return (row) =>
      issueFor(
        {
          status: row.status,
          hasCase: row.has_case,
          facts: factsOfMember(row, on, known),
          anchors: { joinedOn: row.joined_on, lastInterviewOn: row.last_interview_on },
        },
        rules,
        wave,
        now,
      );
  }

  private async *pages(waveId: string): AsyncGenerator<PanelRow[]> {
    let after: string | null = null;
    for (;;) {
      const rows: PanelRow[] = await panelPage(this.db.manager, waveId, {
        after,
        limit: MEMBERS_A_PAGE,
        waiting: false,
      });
      if (rows.length > 0) yield rows;
      if (rows.length < MEMBERS_A_PAGE) return;
      after = rows.at(-1)?.member_id ?? null;
    }
  }
}

const factNames = (study: StudyFile, letter: string) => ({
  waves: wavesBefore(study, letter),
  consents: study.consents.map(({ id }) => id),
  hosts: study.hostCountries.map(({ code }) => code),
});
