import { access, open, rename, rm } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { digestOf } from '../access/audit-hash.node.js';
import { AuditService } from '../access/audit.service.js';
import { newToken } from '../access/token.node.js';
import { Clock, dateOf, lastDayBefore } from '../kit/clock.js';
import { postalOf } from '../vault/contact-value.js';
import { VaultService } from '../vault/vault.service.js';
import { keyOf } from './attempt.js';
import { contactFacts } from './contact-facts.js';
import { FileInTheWay } from './contact.problems.js';
import { decide } from './decide/decision.js';
import { settleIn } from './leave.queries.js';
import { type LeavingOnPaper, markLeaving, unmarkLeaving } from './letter-export.queries.js';
import { LetterService } from './letter.service.js';
import { type DueRow, type Look, lookOf } from './look.js';
import { lockDueOnPaper, noteLooks } from './look.queries.js';
import { mailMerge, type PaperLetter } from './mail-merge.js';
import { PlanService } from './plan.service.js';

/** How many letters an export holds, and how many had to stay because the vault gives no postal address to write to. */
export interface LetterExport {
  letters: number;
  unreachable: number;
}

/** A letter with the marks under which it leaves. */
interface Prepared {
  leaving: LeavingOnPaper;
  letter: PaperLetter;
}

/** Letters on paper: what is due goes into a file for a mail-merge, each once over all files. */
@Injectable()
export class LetterExportService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(PlanService) private readonly plans: PlanService,
    @Inject(LetterService) private readonly letters: LetterService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** How many letters an export would hold now. Changes nothing. */
  async dryRun(waveId: string): Promise<LetterExport> {
    return this.db.transaction(async (tx) => {
      const due = await this.due(tx, waveId, this.clock.now());
      const prepared = await this.prepared(due.write);
      return { letters: prepared.length, unreachable: due.write.length - prepared.length };
    });
  }

  /**
   * Writes what is due on paper to a file that only its owner can read. The letters are marked as leaving before the file is there, and
   * as sent after: where that is cut off they are unknown, and a person decides about them.
   * @throws FileInTheWay
   */
  async export(waveId: string, file: string, actor: Actor): Promise<LetterExport> {
    if (await isThere(file)) throw FileInTheWay({ file });
    const beside = `${file}.part`;
    const handle = await open(beside, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === 'EEXIST' ? FileInTheWay({ file: beside }) : cause;
    });
    let leaving: LeavingOnPaper[] = [];
    let unreachable = 0;
    let content = '';
    try {
      const prepared = await this.db.transaction(async (tx) => {
        const now = this.clock.now();
        const due = await this.due(tx, waveId, now);
        const ready = await this.prepared(due.write);
        unreachable = due.write.length - ready.length;
        await noteLooks(tx, due.looks, now);
        const marked = ready.map((one) => one.leaving);
        await markLeaving(tx, marked, now);
        if (ready.length === 0) return ready;
        content = mailMerge(ready.map(({ letter }) => letter));
        const detail = { letters: ready.length, unreachable, digest: digestOf(content) };
        const subject = { kind: 'wave', id: waveId } as const;
        await this.audit.append(tx, { act: 'letters.exported', actor, subject, detail });
        return ready;
      });
      leaving = prepared.map((one) => one.leaving);
      if (prepared.length > 0) {
        await handle.writeFile(content);
        await handle.sync();
      }
      await handle.close();
      if (prepared.length > 0) await rename(beside, file);
      else await rm(beside);
    } catch (cause) {
      // The file never stood under its name, so nobody has printed it.
      await handle.close();
      await rm(beside, { force: true });
      await unmarkLeaving(this.db, leaving, waveId, this.clock.now());
      throw cause;
    }
    await this.settled(leaving);
    return { letters: leaving.length, unreachable };
  }

  /** What is to be written, one letter to a member, and what became of the others that are planned for paper. */
  private async due(
    tx: EntityManager,
    waveId: string,
    now: Date,
  ): Promise<{ write: DueRow[]; looks: Look[] }> {
    const write = new Map<string, DueRow>();
    const looks: Look[] = [];
    for (const row of await lockDueOnPaper(tx, waveId, now)) {
      if (row.busy || write.has(row.member_id)) continue; // one message to a member at a time: the next export sees it
      const decision = decide(contactFacts(row, await this.plans.of(row)), now);
      if (decision.kind === 'send' && decision.channel === 'letter') write.set(row.member_id, row);
      else if (row.channel === 'letter') looks.push(lookOf(row, decision, now));
    }
    return { write: [...write.values()], looks };
  }

  /** @param rows  of one wave */
  private async prepared(rows: readonly DueRow[]): Promise<Prepared[]> {
    const wanted = rows.map((row) => ({ memberId: row.member_id, channel: 'letter' as const }));
    const reached = rows[0] ? await this.vault.reachMany(rows[0].study_id, wanted) : [];
    const prepared: Prepared[] = [];
    for (const [index, row] of rows.entries()) {
      const address = reached[index];
      if (!address || 'none' in address) continue;
      const link = newToken();
      const stop = newToken();
      const filled = await this.letters.filled(row, await this.plans.of(row), {
        link: link.token,
        stop: stop.token,
      });
      prepared.push({
        leaving: { ...keyOf(row), locale: row.locale, linkHash: link.hash, stopHash: stop.hash },
        letter: {
          to: postalOf(address.to),
          locale: row.locale,
          subject: filled.letter.subject,
          text: filled.letter.text,
          link: filled.link,
          closesOn: dateOf(lastDayBefore(row.closes_at)),
        },
      });
    }
    return prepared;
  }

  private async settled(leaving: readonly LeavingOnPaper[]): Promise<void> {
    const now = this.clock.now();
    await this.db.transaction(async (tx) => {
      for (const key of leaving) {
        const sent = { ...keyOf(key), state: 'sent' as const, channel: 'letter' as const, reason: null };
        await settleIn(tx, { ...sent, dueAt: null, event: 'sent' }, now);
      }
    });
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}
