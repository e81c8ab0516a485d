import { Inject, Injectable } from '@nestjs/common';
import { type ClientBase } from 'pg';
import { concordanceOf } from '../codebook/concordance.js';
import { parseRecodes } from '../codebook/recode.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { ResidenceService } from '../residence/residence.service.js';
import { ResponseCoder } from '../response/response-coder.service.js';
import { type StudyFile } from '../study/study.js';
import { NothingToExport, UnknownPurpose } from './export.problems.js';
import { versionsAnswered, wavesOf } from './export.queries.js';
import { type StudySource } from './study-datasets.js';
import { variablesOf } from './variable-column.js';

/** What the files of a study are made from. */
@Injectable()
export class StudySourceService {
  constructor(
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(ResponseCoder) private readonly coder: ResponseCoder,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
  ) {}

  /** Codes every answer and derives every place that is not yet; before a snapshot is taken. */
  async bringUpToDate(studyId: string): Promise<void> {
    await this.coder.bringUpToDate(studyId);
    await this.residence.bringUpToDate();
  }

  /**
   * Waves that are only designed count for the comparison of codes, and have no files.
   * @throws NothingToExport
   */
  async read(client: ClientBase, studyId: string, file: StudyFile): Promise<StudySource> {
    const waves = await wavesOf(client, studyId);
    const opened = waves.filter((wave) => wave.opened);
    const surveys = [];
    const designed = [];
    for (const wave of waves) {
      const { id: waveId, letter, opened: isOpen, partial_rule: partialRule } = wave;
      const versions = await this.versions(client, waveId);
      designed.push(...versions.flatMap(({ variables }) => variables));
      if (wave.definition.kind === 'check-in') continue;
      surveys.push({ waveId, letter, isOpen, versions, partialRule: partialRule ?? file.partialRule });
    }
    const fielded = surveys.filter(({ isOpen }) => isOpen);
    if (fielded.length === 0) throw NothingToExport({ study: studyId });
    const concordance = concordanceOf(
      surveys.map((wave) => ({ letter: wave.letter, variables: variablesOf(wave, 'main') })),
      parseRecodes(file.recodes),
    );
    return {
      studyId,
      locales: file.locales,
      waves: fielded,
      checkIns: opened
        .filter(({ definition }) => definition.kind === 'check-in')
        .map(({ id: waveId, letter }) => ({ waveId, letter })),
      experiments: [
        ...new Set(opened.flatMap(({ definition }) => (definition.experiments ?? []).map(({ id }) => id))),
      ],
      consents: file.consents.map(({ id }) => id),
      designed: designed.map(({ name, item }) => ({ root: name, item })),
      concordance: concordance.filter(({ wave }) => fielded.some(({ letter }) => letter === wave)),
    };
  }

  private async versions(client: ClientBase, waveId: string) {
    const versions = [];
    for (const id of await versionsAnswered(client, waveId)) {
      const { variables, tables } = await this.questionnaires.get(id);
      versions.push({ variables, tables });
    }
    return versions;
  }
}

/** The consent by which people agree to a purpose, by its id or the id's first word. @throws UnknownPurpose */
export function dataConsent({ consents }: StudyFile, purpose: string): string {
  const ids = consents.filter(({ kind }) => kind === 'data').map(({ id }) => id);
  const meant = ids.find((id) => id === purpose) ?? ids.find((id) => id.split('_')[0] === purpose);
  if (meant === undefined) throw UnknownPurpose({ purpose, known: ids });
  return meant;
}
