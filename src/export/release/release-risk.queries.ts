import { type ClientBase } from 'pg';
import pgCopy from 'pg-copy-streams';
import { textIn } from '../format/cells.js';
import { blocksOf } from '../format/copy-binary.js';
import { literal } from '../sql-text.js';
import { type ReleaseDefinition } from './definition.js';
import { ReleaseTooRisky } from './release.problems.js';
import { erasedIn, filesOf, type ReleaseRow } from './release.queries.js';
import { keyColumns, PeopleTold } from './release-risk.js';

/**
 * That everybody who is left in a public release is one of k still, where people were erased since it was made.
 * @throws ReleaseTooRisky where somebody is not: then the next version has to be made
 */
export async function stillSafe(
  db: ClientBase,
  { id, kind, people, definition }: ReleaseRow<ReleaseDefinition>,
): Promise<void> {
  if (kind !== 'PUF' || (await erasedIn(db, id)) === 0) return;
  const letters = definition.waves.map(({ letter }) => letter);
  const told = new PeopleTold(people);
  let k = 1;
  for (const { nr, definition: file } of await filesOf(db, id)) {
    const report = definition.risk.find((one) => one.file === file.name)?.report;
    if (!report) continue;
    k = report.k;
    const columns = keyColumns(
      file,
      report.keys.map(({ name }) => name),
      letters,
    );
    const cells = columns.map(({ place }) => `cells[${place + 1}]`).join(', ');
    const copy = pgCopy.to(
      `COPY (SELECT ARRAY[pidp::text${cells && `, ${cells}`}] FROM release_row
       WHERE release_id = ${literal(id)} AND file_nr = ${nr} ORDER BY seq) TO STDOUT (FORMAT binary)`,
    );
    for await (const block of blocksOf(db.query(copy) as AsyncIterable<Buffer>, columns.length + 1))
      for (let first = 0; first < block.rows * block.columns; first += block.columns)
        told.add(
          file.name,
          textIn(block, first) ?? '',
          columns,
          columns.map((_, index) => textIn(block, first + 1 + index)),
        );
  }
  const failures = told
    .below(k)
    .map(
      (one) =>
        `${one.file}: since people were erased, ${one.people} are in groups of fewer than ${k}. Make the next version.`,
    );
  if (failures.length > 0) throw ReleaseTooRisky({ kind, failures });
}
