import { Inject, Injectable } from '@nestjs/common';
import { type StudyFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';

/** The studies that submissions are for, each read again only when its row has changed. */
@Injectable()
export class KnownStudies {
  private readonly known = new Map<string, { version: string; file: StudyFile }>();

  constructor(@Inject(StudyService) private readonly studies: StudyService) {}

  /**
   * @param version  of the row, as the caller found it
   * @throws UnknownStudy
   */
  async file(id: string, version: string): Promise<StudyFile> {
    const known = this.known.get(id);
    if (known?.version === version) return known.file;
    const { file } = await this.studies.get(id);
    this.known.set(id, { version, file });
    return file;
  }
}
