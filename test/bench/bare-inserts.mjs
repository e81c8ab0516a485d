// What the database can do at best: prepared single-row INSERTs of one jsonb body by plain pg, each its own transaction.

/**
 * Opens connections for bare INSERTs.
 * @returns `run(connections, seconds)`, which tells the rows a second, and `end()`
 */
export async function bareInserts(ground, most, bytes) {
  const clients = await Promise.all(Array.from({ length: most }, () => ground.connect('onward')));
  await clients[0].query(
    'CREATE TABLE bench_bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL)',
  );
  const body = bodyOf(bytes);
  const insert = { name: 'bare', text: 'INSERT INTO bench_bare (body) VALUES ($1)', values: [body] };
  return {
    run: async (connections, seconds) => {
      const begun = performance.now();
      const end = begun + seconds * 1000;
      let count = 0;
      const work = async (client) => {
        for (; performance.now() < end; count += 1) await client.query(insert);
      };
      await Promise.all(clients.slice(0, connections).map(work));
      return (count * 1000) / (performance.now() - begun);
    },
    end: () => Promise.all(clients.map((client) => client.end())),
  };
}

/** A JSON object of sixty keys that is so many bytes long. */
function bodyOf(bytes) {
  const keys = Array.from({ length: 60 }, (_, at) => [`q${at}`, '']);
  const short = JSON.stringify(Object.fromEntries(keys)).length;
  const each = Math.floor((bytes - short) / keys.length);
  return JSON.stringify(Object.fromEntries(keys.map(([key]) => [key, 'x'.repeat(each)])));
}
