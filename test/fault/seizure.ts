import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MixingService } from '../../src/vault/mixing.service.js';
import { VaultService } from '../../src/vault/vault.service.js';
import { told } from './figures.js';
import { type Join, joinsOf } from './seizure-joins.js';
import { CANARIES, liveThere } from './seizure-lives.js';
import { reachGroups, seenInMain, seenInVault } from './seizure-observe.js';
import { type Hit, scan, soughtOf } from './seizure-scan.js';
import { seizureSite, type SeizureSite } from './seizure-site.js';

/** What a thief without the key found. */
export interface Seizure {
  people: number;
  /** What they did, each how many. */
  did: Record<string, number>;
  scannedMegabytes: number;
  /** Places in which a canary was read. */
  hits: number;
  comparisons: number;
  /** Ways by which the databases join better than chance: what the rows were stored as, and after they were mixed. */
  joinsBefore: number;
  joins: number;
  /** The largest of all comparisons, after. */
  correlation: number;
  matched: number;
  /** By the channels in which the vault says that somebody is reached. */
  groups: Record<string, number>;
  /** Of what was put there to be found: found. */
  plantedFound: string;
  seconds: number;
  faults: string[];
}

/** Lets people live through an installation, seizes it, and looks at everything in it with a thief's eyes. */
export async function seizure({ people: count }: { people: number }): Promise<Seizure> {
  const begun = performance.now();
  const site = await seizureSite();
  try {
    const { people, done } = await liveThere(site, count);
    const { keys } = await site.services(VaultService).open();
    const members = people.map(({ memberId }) => memberId);
    const compare = () => compared(site, keys, members);
    const before = await compare();
    await site.services(MixingService).mix();
    const after = await compare();
    await site.seize();
    const sought = soughtOf(Object.values(CANARIES));
    const seized = await scan(site.folder, sought);
    const planted = await plantAndLook(site, keys, members, sought);
    const missing = Object.entries(planted).filter(([, isFound]) => !isFound);
    return {
      people: count,
      did: done,
      scannedMegabytes: Math.round(seized.bytes / 1e6),
      hits: seized.hits.length,
      comparisons: after.comparisons,
      joinsBefore: before.joins.length,
      joins: after.joins.length,
      correlation: Math.round(after.correlation * 1000) / 1000,
      matched: after.matched,
      groups: after.groups,
      plantedFound: `${Object.keys(planted).length - missing.length} of ${Object.keys(planted).length}`,
      seconds: Math.round((performance.now() - begun) / 1000),
      faults: [
        ...seized.hits.map(wordsOfHit),
        ...after.joins.map(wordsOfJoin),
        ...missing.map(([name]) => `What was planted was not found: ${name}`),
        ...told([
          [
            Number(before.joins.length === 0),
            'times nothing joined before the rows were mixed: the test cannot see',
          ],
        ]),
      ],
    };
  } finally {
    await site.close();
  }
}

type Keys = Awaited<ReturnType<VaultService['open']>>['keys'];

async function compared(site: SeizureSite, keys: Keys, members: readonly string[]) {
  const [main, vault] = await Promise.all([site.admin('onward'), site.admin('onward_vault')]);
  try {
    const groups = await reachGroups(vault);
    return { ...joinsOf(await seenInMain(main), await seenInVault(vault, keys, members)), groups };
  } finally {
    await Promise.all([main.end(), vault.end()]);
  }
}

/** Puts there what must not be: whoever does not find it would find nothing else either. */
async function plantAndLook(
  site: SeizureSite,
  keys: Keys,
  members: readonly string[],
  sought: ReturnType<typeof soughtOf>,
) {
  const { email, name } = CANARIES;
  let joins: Join[] = [];
  await site.meanwhile(async () => {
    const main = await site.admin('onward');
    await main.query('CREATE TABLE planted_note (text text)');
    await main.query('INSERT INTO planted_note VALUES ($1)', [`${email}.deleted@synthetic.example`]);
    await main.query('DELETE FROM planted_note');
    await main.query('CREATE TABLE planted_kept AS SELECT $1::jsonb AS document', [JSON.stringify({ name })]);
    await main.end();
    const vault = await site.admin('onward_vault');
    await vault.query('CREATE TABLE planted_order (owner bytea, nr int GENERATED ALWAYS AS IDENTITY)');
    await vault.query('INSERT INTO planted_order (owner) SELECT * FROM unnest($1::bytea[])', [
      members.map((id) => keys.ownerOf(id)),
    ]);
    await vault.end();
    ({ joins } = await compared(site, keys, members));
  });
  await appendFile(
    join(site.folder, 'logs', 'worker.log'),
    `{"to":"${Buffer.from(`<${email}`).toString('base64')}"}\n`,
  );
  await writeFile(
    join(site.folder, 'temporary', 'letter.txt'),
    `%D0%9A${name.slice(1)} ${encodeURIComponent(name)}`,
  );
  const { hits } = await scan(site.folder, sought);
  const found = (folder: string, form?: string) =>
    hits.some((hit: Hit) => hit.file.includes(folder) && (form === undefined || hit.form.startsWith(form)));
  return {
    'a deleted row in the write-ahead log': found('pg_wal'),
    'a deleted row in its table': hits.some(({ file, word }) => file.includes('base/') && word === email),
    'a row in the dump': found('dump/onward.planted_kept'),
    'an address in a log, in base64': found('logs/worker', 'base64'),
    'a name in a temporary file, percent-encoded': found('temporary/'),
    'a table in the order in which members came in': joins.some((one) =>
      one.vault.startsWith('planted_order'),
    ),
  };
}

const wordsOfHit = ({ file, word, form }: Hit) => `${word} was read in ${file}, as ${form}`;

const wordsOfJoin = ({ main, vault, matched, people, correlation }: Join) =>
  `${main} joins ${vault}: ${matched} of ${people} matched, correlation ${correlation.toFixed(3)}`;
