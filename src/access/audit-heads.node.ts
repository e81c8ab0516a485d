import { open } from 'node:fs/promises';
import { z } from 'zod';
import { readGiven } from '../kit/files.node.js';
import { type SignedHead } from './audit-key.node.js';
import { InvalidHeads } from './audit.problems.js';

const HEAD = z.strictObject({
  nr: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  signature: z.string(),
});

/** Appends a head to a file, one JSON object a line, and waits until it is on disk. */
export async function appendHead(file: string, { nr, hash, at, signature }: SignedHead): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(`${JSON.stringify({ nr, hash, at, signature })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The heads in a file, in its order. @throws InvalidHeads naming the first line that is none */
export async function headsIn(file: string): Promise<SignedHead[]> {
  const lines = (await readGiven(file)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const head = HEAD.safeParse(jsonIn(line));
    if (!head.success) throw InvalidHeads({ file, line: index + 1 });
    return head.data;
  });
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
