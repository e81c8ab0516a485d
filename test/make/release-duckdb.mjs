// Reads Parquet files in a process of its own. Prints a line of JSON for each: its columns with their cells as text, and its metadata.
import { DuckDBInstance } from '@duckdb/node-api';

const duck = await (await DuckDBInstance.create(':memory:')).connect();
for (const path of process.argv.slice(2)) {
  const text = `'${path.replaceAll("'", "''")}'`;
  const cells = await duck.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM read_parquet(${text})`);
  const kept = await duck.runAndReadAll(
    `SELECT decode(key), decode(value) FROM parquet_kv_metadata(${text})`,
  );
  const metadata = Object.fromEntries(kept.getRowsJson());
  process.stdout.write(`${JSON.stringify({ columns: cells.getColumnsObjectJson(), metadata })}\n`);
}
duck.closeSync();
