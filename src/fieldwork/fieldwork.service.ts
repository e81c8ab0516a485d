import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ContactService } from '../contact/contact.service.js';
import { Clock } from '../kit/clock.js';
import { moveClass } from '../residence/move.js';
import { StudyService } from '../study/study.service.js';
import { WaveRow } from '../wave/wave.entity.js';
import { type Fieldwork, type MoveCount } from './fieldwork.js';
import { attemptCounts, caseCounts, relocations, stalledCases } from './fieldwork.queries.js';

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
    const waves = await this.db.getRepository(WaveRow).find({ where: { studyId }, order: { letter: 'ASC' } });
    return {
      study: study.id,
      at,
      waves: waves.map((wave) => ({
        letter: wave.letter,
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
      moves: await this.moves(studyId),
    };
  }

  /** Moves by class and month, as respondents reported them. */
  async moves(studyId: string): Promise<MoveCount[]> {
    const study = await this.studies.get(studyId);
    const hosts = study.file.hostCountries.map((host) => host.code);
    return (await relocations(this.db, studyId)).flatMap(({ from, to, month, people }) => {
      const kind = moveClass(from, to, month, hosts);
      return kind ? [{ from, to, month, class: kind, people }] : [];
    });
  }

  private async nextSends(waves: WaveRow[], at: Date): Promise<Fieldwork['nextSends']> {
    const sends: Fieldwork['nextSends'] = [];
    for (const wave of waves) {
      let listed = 0;
      for await (const contact of this.contacts.dryRun(wave.id, at)) {
        if (contact.decision.kind === 'suppress') continue;
        sends.push({ ...contact, wave: wave.letter });
        listed += 1;
        if (listed === NEXT_SENDS) break;
      }
    }
    const momentOf = ({ decision }: Fieldwork['nextSends'][number]) =>
      decision.kind === 'wait' ? decision.until.getTime() : at.getTime();
    return sends.sort((a, b) => momentOf(a) - momentOf(b));
  }
}
