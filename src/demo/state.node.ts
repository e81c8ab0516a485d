import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorCode } from '../kit/error-code.js';
import { writePrivately } from '../kit/secrets.node.js';

const schema = z.object({
  seed: z.number(),
  people: z.number(),
  startedAt: z.coerce.date(),
  livedUntil: z.coerce.date(),
  endsAt: z.coerce.date(),
  ports: z.object({ web: z.number(), smtp: z.number(), outbox: z.number() }),
});

/** What a demo remembers between its runs. */
export type DemoState = z.infer<typeof schema>;

export async function readState(file: string): Promise<DemoState | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

export const writeState = (file: string, state: DemoState): Promise<void> =>
  writePrivately(file, JSON.stringify(state, null, 2) + '\n');
