import { type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../kit/config.js';
import { type AuditFinding, ChainCheck, checkErased, checkSeal, leavesInOrder } from './audit-check.js';
import { entryHash, leafOf, rootOf } from './audit-hash.node.js';
import { isSignedBy, publicKeyIn, type SignedHead, signingKey } from './audit-key.node.js';
import { nextErased, nextSealed, openErased, openSealed } from './audit-seal.queries.js';
import { InvalidPublicKey, NoSigningKey } from './audit.problems.js';
import { entriesAfter, guardsOf, keptHead } from './audit.queries.js';

const ROWS = 1000;
/** A log that was broken in more places than this is told by the first. */
const MOST_FINDINGS = 50;

/** What the log was found to be. */
export interface AuditVerdict {
  intact: boolean;
  entries: number;
  heads: number;
  revisions: number;
  /** Revisions of people who were erased: of each stands a digest alone. */
  erased: number;
  /** The application's role could not change an entry if it wanted to. */
  appendOnly: boolean;
  /** Nothing, or what is wrong, the entries in the order of their numbers first. */
  findings: AuditFinding[];
}

/** Reads the whole log and all that it sealed, as of one moment, and compares it with what was written. */
@Injectable()
export class AuditVerifyService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @param heads  as they were signed: without any, a tail that was cut off together with the head is not seen
   * @param publicKeys  that the heads are signed for, in base64, parted by commas; by default those of this installation's master keys
   * @throws InvalidPublicKey, NoSigningKey
   */
  async verify(heads: readonly SignedHead[] = [], publicKeys?: string): Promise<AuditVerdict> {
    const findings: AuditFinding[] = [];
    const keys = heads.length > 0 ? this.keysOf(publicKeys) : [];
    const good = heads.filter((head) => keys.some((key) => isSignedBy(head, key)));
    for (const { nr, at } of heads.filter((head) => !good.includes(head)))
      findings.push({
        kind: 'forged_head',
        nr,
        words: `The head of entry ${nr} at ${at} has no good signature of the keys at hand.`,
      });
    return this.db.transaction('REPEATABLE READ', async (tx) => {
      await tx.query('SET TRANSACTION READ ONLY');
      await tx.query('SET LOCAL statement_timeout = 0'); // to sort all that was ever answered may take minutes
      const chain = new ChainCheck(good);
      const entries = await readEntries(tx, chain, findings);
      findings.push(...chain.end(await keptHead(tx)));
      const { revisions, erased } = await readSeals(tx, chain, findings);
      const { unnumbered, missing, appendOnly } = await guardsOf(tx);
      if (unnumbered > 0)
        findings.push({
          kind: 'unnumbered',
          nr: null,
          words: `Entries that stand outside of the chain: ${unnumbered}.`,
        });
      for (const trigger of missing)
        findings.push({ kind: 'guard_missing', nr: null, words: `The trigger ${trigger} is off or gone.` });
      return {
        intact: findings.length === 0,
        entries,
        heads: heads.length,
        revisions,
        erased,
        appendOnly,
        findings: findings.slice(0, MOST_FINDINGS),
      };
    });
  }

  private keysOf(publicKeys: string | undefined): KeyObject[] {
    if (publicKeys === undefined) {
      if (!this.config.masterKeys) throw NoSigningKey({});
      return this.config.masterKeys.map(({ key }) => signingKey(key));
    }
    return publicKeys.split(',').map((text) => {
      const key = publicKeyIn(text);
      if (!key) throw InvalidPublicKey({});
      return key;
    });
  }
}

/** @returns how many there are */
async function readEntries(tx: EntityManager, chain: ChainCheck, findings: AuditFinding[]): Promise<number> {
  let entries = 0;
  for (let page = await entriesAfter(tx, 0, ROWS); page.length > 0;) {
    for (const entry of page) findings.push(...chain.next(entry, entryHash(entry)));
    entries += page.length;
    page = await entriesAfter(tx, page.at(-1)?.nr ?? 0, ROWS);
  }
  return entries;
}

/** @returns how many revisions stand in seals, and how many stood there until their members were erased */
async function readSeals(
  tx: EntityManager,
  chain: ChainCheck,
  findings: AuditFinding[],
): Promise<{ revisions: number; erased: number }> {
  await openSealed(tx);
  await openErased(tx);
  const standing = groups(() => nextSealed(tx, ROWS));
  const gone = groups(() => nextErased(tx, ROWS));
  const { seals } = chain;
  let [revisions, erased] = [0, 0];
  let [here, there] = [await standing.next(), await gone.next()];
  while (!here.done || !there.done) {
    const seal = Math.min(...[here, there].map((group) => (group.done ? Infinity : group.value.seal)));
    const rows = !here.done && here.value.seal === seal ? here.value.rows : [];
    const kept = !there.done && there.value.seal === seal ? there.value.rows : [];
    const leaves = leavesInOrder(rows.map(leafOf), kept);
    findings.push(...checkSeal(seal, seals.get(seal), leaves.length, rootOf(leaves)));
    seals.delete(seal);
    revisions += rows.length;
    erased += kept.length;
    if (rows.length > 0) here = await standing.next();
    if (kept.length > 0) there = await gone.next();
  }
  for (const [seal, sealed] of seals) findings.push(...checkSeal(seal, sealed, 0, ''));
  findings.push(...checkErased(erased, chain.erased));
  return { revisions, erased };
}

/** Rows that come in the order of their seals, a seal at a time. */
async function* groups<Row extends { seal: number }>(
  fetch: () => Promise<Row[]>,
): AsyncGenerator<{ seal: number; rows: Row[] }, undefined> {
  let open: { seal: number; rows: Row[] } | undefined;
  for (let page = await fetch(); page.length > 0; page = await fetch())
    for (const row of page) {
      if (open?.seal !== row.seal) {
        if (open) yield open;
        open = { seal: row.seal, rows: [] };
      }
      open.rows.push(row);
    }
  if (open) yield open;
}
