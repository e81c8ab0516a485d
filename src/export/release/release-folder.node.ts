import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mustBeFree, newFileStream } from '../../kit/files.node.js';
import { type ReleaseSink } from './release-writer.service.js';

/**
 * Has a folder written, which appears whole or not at all.
 * @param out      where the folder goes; made where it is not there
 * @param replace  whether a folder of that name gives way
 * @returns what `write` gives, and the path of the folder
 * @throws as `mustBeFree` where there is one
 */
export async function intoFolder<Result>(
  { out, name, replace }: { out: string; name: string; replace: boolean },
  write: (sink: ReleaseSink) => Promise<Result>,
): Promise<{ result: Result; folder: string }> {
  const folder = join(out, name);
  if (!replace) await mustBeFree(folder);
  await mkdir(out, { recursive: true });
  const draft = await mkdtemp(join(out, `.${name}.`));
  try {
    const result = await write({
      write: async (file, bytes) =>
        pipeline(Readable.from(bytes, { objectMode: false }), await newFileStream(join(draft, file))),
    });
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return { result, folder };
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw cause;
  }
}
