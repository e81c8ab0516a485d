import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { StudyService } from '../study/study.service.js';
import { planInForce, type PlanInForce } from './contact-facts.js';
import { type FactsRow } from './facts.queries.js';
import { waveInForce } from './plan.queries.js';

/** The contact plans of waves as they stand now. Read once for as long as nobody changes them. */
@Injectable()
export class PlanService {
  private readonly known = new Map<string, { version: string; plan: PlanInForce }>();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  /** The plan that a message belongs to, not older than what was read of the message. */
  async of({
    wave_id,
    study_id,
    wave_version,
    study_version,
  }: Pick<FactsRow, 'wave_id' | 'study_id' | 'wave_version' | 'study_version'>): Promise<PlanInForce> {
    const version = `${wave_version}/${study_version}`;
    const known = this.known.get(wave_id);
    if (known?.version === version) return known.plan;
    const { file } = await this.studies.get(study_id);
    const plan = planInForce(file, (await waveInForce(this.db, wave_id)).file);
    this.known.set(wave_id, { version, plan });
    return plan;
  }
}
