import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DataSource } from 'typeorm';
import { outcomeCounts } from '../analysis/outcome-class.js';
import { outcomeRates } from '../analysis/outcome-rates.js';
import { retention } from '../analysis/retention.js';
import { type ExportedFile } from '../export/export.service.js';
import { type Fieldwork } from '../fieldwork/fieldwork.js';
import { FieldworkService } from '../fieldwork/fieldwork.service.js';
import { TracingService } from '../fieldwork/tracing.service.js';
import { type Services } from '../kit/cli.js';
import { type Study } from '../study/study.service.js';
import { memberCodes, type MemberCodes } from './demo.queries.js';

/** What became of the study, as the field team and an analyst see it. `entered`: by cohort, the wave in which it came in. */
export async function summaryOf(services: Services, study: Study, entered: Readonly<Record<string, string>>) {
  const now = await services(FieldworkService).now(study.id);
  const members = await memberCodes(services(DataSource), study.id);
  const surveys = study.file.waves.filter(({ kind }) => kind !== 'check-in').map(({ id }) => id);
  return {
    cases: casesOf(now.cases),
    messages: summed(
      now.attempts,
      (a) => a.state,
      (a) => a.attempts,
    ),
    waves: wavesOf(study, now, members),
    retention: retention(
      members.map(({ cohort, country, codes }) => ({ cohort: entered[cohort] ?? cohort, country, codes })),
      surveys,
    ),
    moves: summed(
      now.moves,
      (m) => m.class,
      (m) => m.people,
    ),
    checkIns: summed(
      now.checkIns,
      (c) => c.outcome,
      (c) => c.members,
    ),
    tracing: summed(
      await services(TracingService).tasks(study.id, { open: false }),
      (task) => task.outcome ?? 'open',
      () => 1,
    ),
  };
}

function wavesOf({ file }: Study, now: Fieldwork, members: readonly MemberCodes[]) {
  return file.waves.map(({ id, kind = 'survey', recruitment }) => {
    const wave = { wave: id, kind, cases: casesOf(now.cases.filter((one) => one.wave === id)) };
    if (kind === 'check-in' || recruitment !== 'panel') return wave;
    const counts = outcomeCounts(members.flatMap(({ codes }) => codes[id] ?? []));
    const { RR1, RR2 } = outcomeRates({ wave: id, recruitment }, counts).rates;
    return { ...wave, rates: { RR1, RR2 } };
  });
}

const casesOf = (cases: Fieldwork['cases']) =>
  summed(
    cases,
    (c) => c.state,
    (c) => c.cases,
  );

function summed<Row>(
  rows: readonly Row[],
  group: (row: Row) => string,
  count: (row: Row) => number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) sums[group(row)] = (sums[group(row)] ?? 0) + count(row);
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => a.localeCompare(b)));
}

/** The files of an export and its codebook, each with its SHA-256. */
export const withSums = (out: string, files: readonly ExportedFile[]) =>
  Promise.all(
    [...files, { file: 'codebook.json' }].map(async (file) => ({
      ...file,
      sha256: await sha256Of(join(out, file.file)),
    })),
  );

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
