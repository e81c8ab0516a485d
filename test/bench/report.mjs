// How a bench tells what it found.

/**
 * Writes a result: a table for people, or one JSON object on the last line.
 * @param result  `{ bench, machine, repeats, seconds, figures, targets, tables }`; `tables` is for people only
 */
export function writeReport({ tables, ...result }, json) {
  if (json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { machine, repeats, seconds, targets } = result;
  const lines = [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, PostgreSQL ${machine.postgres}, fsync ${machine.fsync}`,
    `Median of ${repeats}; ${seconds} s in all. The load, the server and the database share the cores.`,
    ...tables.flatMap(({ title, head, rows }) => ['', title, ...table([head, ...rows])]),
    '',
    ...table([
      ['target', 'to reach', 'is', ''],
      ...targets.map(({ name, value, atLeast, atMost, reached }) => [
        name,
        atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`,
        value,
        reached ? 'reached' : 'NOT REACHED',
      ]),
    ]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Columns side by side: words to the left, numbers to the right. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const isNumber = rows.slice(1).every((other) => typeof other[column] === 'number');
        const text = String(cell);
        return isNumber ? text.padStart(widths[column]) : text.padEnd(widths[column]);
      })
      .join('  ')
      .trimEnd(),
  );
}
