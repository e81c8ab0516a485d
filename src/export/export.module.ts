import { Module } from '@nestjs/common';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../residence/residence.module.js';
import { ResponseModule } from '../response/response.module.js';
import { StudyModule } from '../study/study.module.js';
import { ExportService } from './export.service.js';
import { ReleaseDisclosure } from './release/release-disclosure.service.js';
import { ReleaseDownloads } from './release/release-downloads.service.js';
import { ReleaseExports } from './release/release-exports.service.js';
import { ReleaseWriter } from './release/release-writer.service.js';
import { ReleaseService } from './release/release.service.js';
import { StudySourceService } from './study-source.service.js';

@Module({
  imports: [StudyModule, QuestionnaireModule, ResidenceModule, ResponseModule],
  providers: [
    StudySourceService,
    ExportService,
    ReleaseDisclosure,
    ReleaseService,
    ReleaseWriter,
    ReleaseExports,
    ReleaseDownloads,
  ],
  exports: [ExportService, ReleaseService, ReleaseExports, ReleaseDownloads],
})
export class ExportModule {}
