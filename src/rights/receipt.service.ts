import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { codeHash, newCode } from './receipt-code.node.js';
import { type CheckedReceipt, codeIn, IN_TWO_PARTS, type Receipt, type RightsAct } from './receipt.js';
import { addReceipt, finishReceipt, receiptOf } from './receipt.queries.js';

/** Receipts for what people did for themselves. They name nobody, and are kept when their holder is erased. */
@Injectable()
export class ReceiptService {
  constructor(@Inject(DataSource) private readonly db: DataSource) {}

  /**
   * A receipt in the transaction of its act. That of an act in two parts says that it is under way until `finish` is called.
   * @param on  the day of the act, YYYY-MM-DD
   */
  async issue(
    tx: EntityManager,
    { studyId, act, on }: { studyId: string; act: RightsAct; on: string },
  ): Promise<Receipt> {
    const code = newCode();
    const state = IN_TWO_PARTS.includes(act) ? 'under_way' : 'done';
    await addReceipt(tx, { codeHash: codeHash(code), studyId, act, on, state });
    return { code, act, on };
  }

  /** All that is needed to finish a receipt later, and nothing by which it could be shown. */
  handleOf({ code }: Receipt): Buffer {
    return codeHash(code);
  }

  /** The act is done in all its parts, or its second part could not be done. Safe to repeat. @param handle  as `handleOf` gave it */
  async finish(
    handle: Buffer,
    db: DataSource | EntityManager = this.db,
    state: 'done' | 'not_done' = 'done',
  ): Promise<void> {
    await finishReceipt(db, handle, state);
  }

  /** What was done when, by the code that a person typed; undefined where no such receipt was given. */
  async check(typed: unknown): Promise<CheckedReceipt | undefined> {
    const code = codeIn(typed);
    return code === undefined ? undefined : receiptOf(this.db, codeHash(code));
  }
}
