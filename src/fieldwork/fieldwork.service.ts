import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContactService } from '../contact/contact.service.js';
import { Clock } from '../kit/clock.js';
import { erasedCounts } from '../rights/erasure.queries.js';
import { StudyService } from '../study/study.service.js';
import { CHECK_IN_OUTCOMES, checkInOutcome } from '../wave/check-in.js';
import { WaveRow } from '../wave/wave.entity.js';
import { type CheckInCount, type Fieldwork } from './fieldwork.js';
import { attemptCounts, caseCounts, checkInCases, moveCounts, stalledCases } from './fieldwork.queries.js';
import { openTaskCounts } from './tracing.queries.js';

const STALLED_AFTER_MS = 48 * 3_600_000;

const NEXT_SENDS = 25;

@Injectable()
export class FieldworkService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(ContactService) private readonly contacts: ContactService,
  ) {}

  async now(studyId: string): Promise<Fieldwork> {
    const study = await this.studies.get(studyId);
    const at = this.clock.now();
    const placeOf = (letter: string) => study.file.waves.findIndex(({ id }) => id === letter);
    const waves = (await this.db.getRepository(WaveRow).findBy({ studyId })).sort(
      (one, other) => placeOf(one.letter) - placeOf(other.letter),
    );
    return {
      study: study.id,
      at,
      waves: waves.map((wave) => ({
        letter: wave.letter,
        kind: wave.definition.kind ?? 'survey',
        opened: wave.openedAt !== null,
        closesAt: wave.closesAt,
        closed: wave.closedAt !== null,
      })),
      cases: await caseCounts(this.db, studyId),
      attempts: await attemptCounts(this.db, studyId),
      stalled: await stalledCases(this.db, studyId, new Date(at.getTime() - STALLED_AFTER_MS)),
      nextSends: await this.nextSends(
        waves.filter((wave) => wave.openedAt && !wave.closedAt),
        at,
      ),
      moves: await moveCounts(this.db, studyId),
      checkIns: await this.checkIns(studyId),
      erased: await erasedCounts(this.db, studyId),
      tracing: await openTaskCounts(this.db, studyId),
    };
  }

  private async checkIns(studyId: string): Promise<CheckInCount[]> {
    const cases = await checkInCases(this.db, studyId);
    return [...new Set(cases.map(({ wave }) => wave))].flatMap((wave) =>
      CHECK_IN_OUTCOMES.map((outcome) => ({
        wave,
        outcome,
        members: cases
          .filter((each) => each.wave === wave && checkInOutcome(each.state, each.answers) === outcome)
          .reduce((sum, each) => sum + each.members, 0),
      })),
    );
  }

  private async nextSends(waves: WaveRow[], at: Date): Promise<Fieldwork['nextSends']> {
    const sends: Fieldwork['nextSends'] = [];
    for (const wave of waves) {
      for (const { decision, ...contact } of await this.contacts.next(wave.id, NEXT_SENDS, at))
        if (decision.kind === 'send') sends.push({ ...contact, wave: wave.letter, at, reason: 'due' });
        else if (decision.kind === 'wait')
          sends.push({ ...contact, wave: wave.letter, at: decision.until, reason: decision.reason });
    }
    return sends.sort((one, other) => one.at.getTime() - other.at.getTime());
  }
}
