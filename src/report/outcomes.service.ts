import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { outcomeCounts, type OutcomeCounts } from '../analysis/outcome-class.js';
import {
  type OutcomeRates,
  outcomeRates,
  participationRates,
  type ParticipationRates,
} from '../analysis/outcome-rates.js';
import { type PanelMember, type Retention, retention } from '../analysis/retention.js';
import { addSeamCounts, NO_STEPS, type SeamCounts, seamCounts, seamRatio } from '../analysis/seam.js';
import { ResidenceService } from '../residence/residence.service.js';
import { StudyService } from '../study/study.service.js';
import {
  casesByDisposition,
  fates,
  type PatternRow,
  seamsAfter,
  type WaveCodes,
} from './outcomes.queries.js';

/** How a wave came out: rates where it was issued to a panel, participation where people chose to come. */
export interface WaveOutcome {
  wave: string;
  cases: number;
  /** Cases that are still under way: no rate counts them. */
  underWay: number;
  counts: OutcomeCounts;
  rates?: OutcomeRates;
  participation?: ParticipationRates;
}

export interface Outcomes {
  study: string;
  waves: WaveOutcome[];
  /** By entry cohort, and by host country within each. */
  retention: Retention[];
  retentionByCountry: Retention[];
  seam: SeamCounts & { ratio: number | null };
}

const PAGE = 1000;

/** What a study reports of itself: outcome rates, retention, and the trace that the seams between interviews leave. */
@Injectable()
export class OutcomesService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
  ) {}

  /** @throws UnknownStudy */
  async of(studyId: string): Promise<Outcomes> {
    const { file } = await this.studies.get(studyId);
    await this.residence.bringUpToDate();
    const rows = await casesByDisposition(this.db, studyId);
    const order = file.waves.map(({ id }) => id).filter((id) => rows.some(({ wave }) => wave === id));
    const members = (await fates(this.db, studyId)).flatMap((row) => memberOf(row, order) ?? []);
    const seam = await this.seam(studyId);
    return {
      study: studyId,
      waves: order.flatMap(
        (wave) =>
          outcomeOf(
            wave,
            rows.filter((row) => row.wave === wave),
          ) ?? [],
      ),
      retention: retention(members, order),
      retentionByCountry: retention(members, order, 'country'),
      seam: { ...seam, ratio: seamRatio(seam) },
    };
  }

  private async seam(studyId: string): Promise<SeamCounts> {
    let counts = NO_STEPS;
    for (let after: string | null = null; ;) {
      const page = await seamsAfter(this.db, studyId, after, PAGE);
      for (const { interviews, changes } of page)
        counts = addSeamCounts(counts, seamCounts(interviews, changes));
      if (page.length < PAGE) return counts;
      after = page.at(-1)?.member_id ?? null;
    }
  }
}

function outcomeOf(wave: string, rows: readonly WaveCodes[]): WaveOutcome | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const final = rows.filter(({ disposition }) => disposition !== null);
  const counts = outcomeCounts(
    final.flatMap(({ disposition, cases }) => Array<string>(cases).fill(disposition ?? '')),
  );
  const sum = (of: (row: WaveCodes) => number, among = rows) =>
    among.reduce((total, row) => total + of(row), 0);
  const cases = sum(({ cases: each }) => each);
  const underWay = cases - sum(({ cases: each }) => each, final);
  const told = { wave, cases, underWay, counts };
  if (first.recruitment === 'panel')
    return final.length === 0
      ? told
      : { ...told, rates: outcomeRates({ wave, recruitment: 'panel' }, counts) };
  const having = (code: string) =>
    sum(
      ({ cases: each }) => each,
      final.filter(({ disposition }) => disposition === code),
    );
  return {
    ...told,
    participation: participationRates({
      invited: sum(({ invited }) => invited),
      complete: counts.I,
      partial: counts.P,
      brokeOff: having('2.12'),
    }),
  };
}

/** A fate as retention reads it. Who died between waves is out from the first wave on that was not issued to them any more. */
function memberOf(
  { country, status, codes, people }: PatternRow,
  order: readonly string[],
): PanelMember | undefined {
  const issued = order.filter((wave) => wave in codes);
  const [cohort, last] = [issued[0], issued.at(-1)];
  if (cohort === undefined || last === undefined) return undefined;
  const next = order[order.indexOf(last) + 1];
  const ended =
    status === 'dead' && next !== undefined ? { ended: { wave: next, reason: 'dead' as const } } : {};
  return { cohort, country, codes, people, ...ended };
}
