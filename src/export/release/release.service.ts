import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import { type Actor } from '../../access/actor.js';
import { AuditService } from '../../access/audit.service.js';
import { type Disclosure, disclosureFaults, parseDisclosure } from '../../analysis/disclosure/disclosure.js';
import { InvalidDisclosure } from '../../analysis/disclosure/disclosure.problems.js';
import { type ReleaseKind } from '../../access/analyst-token.js';
import { profileOf } from '../../analysis/disclosure/profile.js';
import { profileWords, riskWords, ruleFailures } from '../../analysis/disclosure/risk-report.js';
import { Clock } from '../../kit/clock.js';
import { softwareName } from '../../kit/software.node.js';
import { isUniqueViolation, violatedConstraint } from '../../kit/sql.js';
import { type StudyFile } from '../../study/study.js';
import { StudyService } from '../../study/study.service.js';
import { type Dataset } from '../column.js';
import { gatherOverrides, numberPeople } from '../export.queries.js';
import { studyDatasets, type StudySource } from '../study-datasets.js';
import { dataConsent, StudySourceService } from '../study-source.service.js';
import { type ReleaseDefinition } from './definition.js';
import { rootOf } from './disclosure-plan.js';
import { releasedFile, personCell } from './released-file.js';
import { ReleaseDisclosure } from './release-disclosure.service.js';
import { releaseFolder, releaseMeant, releaseName, VERSION } from './release.js';
import {
  ReleaseExists,
  ReleaseOfTwoKinds,
  ReleaseTooRisky,
  UnknownChoice,
  UnknownRelease,
} from './release.problems.js';
import {
  discard,
  findReleases,
  insertFile,
  insertRelease,
  publish,
  type ReleaseRow,
  wavesReleased,
} from './release.queries.js';

const WITHIN_SNAPSHOT = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'`;

/** Somebody was erased while a release was made: it is made again, without them, at the most so often. */
const MOST_TRIES = 5;

/** What a kind of release asks people to have agreed to, by the first word of a consent's id. */
const CONSENT: Readonly<Record<ReleaseKind, string>> = { SUF: 'archive', PUF: 'public' };

/** Freezes what a study has gathered: a release is written once, and stands as it was but for whoever is erased later. */
@Injectable()
export class ReleaseService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(StudySourceService) private readonly sources: StudySourceService,
    @Inject(ReleaseDisclosure) private readonly disclosure: ReleaseDisclosure,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * @param version  two numbers, such as 1.0
   * @throws ReleaseExists, ReleaseTooRisky, InvalidDisclosure, NothingToExport, UnknownPurpose, UnknownChoice
   */
  async create(
    studyId: string,
    { kind, version }: { kind: ReleaseKind; version: string },
    actor: Actor,
  ): Promise<ReleaseRow<ReleaseDefinition>> {
    if (!VERSION.test(version))
      throw UnknownChoice({ what: 'version', given: version, known: ['two numbers such as 1.0'] });
    const { file } = await this.studies.get(studyId);
    const name = releaseName(file.code, version);
    if ((await this.find(studyId, version, kind)).length > 0) throw ReleaseExists({ release: name, kind });
    await this.sources.bringUpToDate(studyId);
    const id = await this.frozen(studyId, file, kind, version);
    try {
      await this.db.transaction(async (tx) => {
        const people = await publish(tx, id);
        await this.audit.append(tx, {
          act: 'release.made',
          actor,
          studyId,
          detail: { kind, version, people },
        });
      });
    } catch (cause) {
      await discard(this.db, id);
      throw isUniqueViolation(cause, 'release_unique') ? ReleaseExists({ release: name, kind }) : cause;
    }
    return this.get(name, kind);
  }

  /**
   * @param name  such as nrd-1.0
   * @param kind  needed where the version stands as SUF and as PUF
   * @throws UnknownRelease, ReleaseOfTwoKinds
   */
  async get(name: string, kind?: ReleaseKind): Promise<ReleaseRow<ReleaseDefinition>> {
    const meant = releaseMeant(name);
    const study = (await this.studies.all()).find(({ file }) => file.code === meant?.code);
    const [release, other] = study && meant ? await this.find(study.id, meant.version, kind) : [];
    if (other) throw ReleaseOfTwoKinds({ release: name });
    if (!release) {
      const known = study ? await this.list(study.id, kind) : [];
      throw UnknownRelease({
        release: name,
        known: [...new Set(known.map(({ definition }) => definition.name))],
      });
    }
    return release;
  }

  /** The releases of a version: one of each kind at the most. */
  find(studyId: string, version: string, kind?: ReleaseKind): Promise<ReleaseRow<ReleaseDefinition>[]> {
    return findReleases(this.db, studyId, { version, ...(kind ? { kind } : {}) });
  }

  /** The releases of a study, in the order of time; where a kind is given, of this one. */
  list(studyId: string, kind?: ReleaseKind): Promise<ReleaseRow<ReleaseDefinition>[]> {
    return findReleases(this.db, studyId, kind ? { kind } : {});
  }

  /** Writes all of a release that nobody sees yet. @returns its id */
  private async frozen(
    studyId: string,
    file: StudyFile,
    kind: ReleaseKind,
    version: string,
  ): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      const id = randomUUID();
      try {
        await this.db.transaction('REPEATABLE READ', async (tx) => {
          await tx.query(WITHIN_SNAPSHOT);
          const client = (await tx.queryRunner?.connect()) as ClientBase;
          await this.freeze(client, { id, studyId, file, kind, version });
        });
        return id;
      } catch (cause) {
        if (violatedConstraint(cause) !== 'release_person_member_fk' || tries === MOST_TRIES) throw cause;
      }
    }
  }

  private async freeze(
    client: ClientBase,
    {
      id,
      studyId,
      file,
      kind,
      version,
    }: { id: string; studyId: string; file: StudyFile; kind: ReleaseKind; version: string },
  ): Promise<void> {
    const madeAt = this.clock.now();
    const source = await this.sources.read(client, studyId, file);
    const { datasets, leftOut, notPooled } = studyDatasets(source);
    const letters = source.waves.map(({ letter }) => letter);
    const disclosure = declared(file, source, datasets, letters);
    const profile = profileOf(kind, disclosure);
    const geography = {
      hosts: file.hostCountries.map(({ code }) => code),
      on: madeAt.toISOString().slice(0, 10),
    };
    await numberPeople(client, studyId, randomBytes(32), dataConsent(file, CONSENT[kind]));
    await gatherOverrides(client, studyId);
    const released = await this.disclosure.apply(client, datasets, letters, {
      profile,
      disclosure,
      geography,
    });
    const failures = released.reports.flatMap(({ file: name, report }) =>
      ruleFailures(profile, report).map(({ en = '' }) => `${name}: ${en}`),
    );
    if (failures.length > 0) throw ReleaseTooRisky({ kind, failures });
    const definition: ReleaseDefinition = {
      study: {
        id: studyId,
        code: file.code,
        title: file.researchTitle,
        hostCountries: file.hostCountries.map(({ code, name }) => ({ code, name })),
      },
      name: releaseName(file.code, version),
      directory: releaseFolder(file.code, kind, version),
      software: await softwareName(),
      authors: file.authors ?? [],
      languages: file.locales,
      waves: await wavesReleased(client, source.waves),
      wording: source.concordance.filter(({ variable }) => isReleased(released.datasets, letters, variable)),
      leftOut,
      notPooled: notPooled.filter(({ variable }) => isReleased(released.datasets, letters, variable)),
      rules: [
        profileWords(profile),
        ...released.reports.map(({ file: name, report }) => riskWords(name, report)),
      ],
      risk: released.reports,
      treatments: released.treatments,
    };
    await insertRelease(client, { id, studyId, kind, version, madeAt, definition });
    for (const [index, dataset] of released.datasets.entries())
      await insertFile(client, id, index + 1, {
        dataset,
        file: releasedFile(dataset, file.locales),
        personCell: personCell(dataset),
      });
  }
}

/** What the study declares of its variables. @throws InvalidDisclosure for names that mean none of them, in no wave */
function declared(
  file: StudyFile,
  { designed }: StudySource,
  datasets: readonly Dataset[],
  letters: readonly string[],
): Disclosure {
  const disclosure = parseDisclosure(file.disclosure);
  const own = datasets.flatMap(({ file: name, columns }) =>
    columns.map((column) => ({ root: rootOf(name, column.name, letters) })),
  );
  const variables = [...designed, ...own];
  const faults = disclosureFaults(disclosure, variables);
  if (faults.length > 0) throw InvalidDisclosure({ faults });
  return disclosure;
}

const isReleased = (datasets: readonly Dataset[], letters: readonly string[], variable: string): boolean =>
  datasets.some(({ file, columns }) => columns.some(({ name }) => rootOf(file, name, letters) === variable));
