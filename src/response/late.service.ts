import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { WaveClosed } from '../wave/wave.problems.js';
import { type Answers } from './changes.js';
import { hasLeft, keepLate, type LateCase, lateCases, lateHash } from './late.queries.js';
import { AnswersKept, CaseWithdrawn } from './response.problems.js';
import { type SessionCase } from './session-case.js';

/** A save or a submission that came after the close, and the problem of one whose id stands for another body. */
export interface LateRequest {
  id: string;
  bodyHash: Buffer;
  base: number;
  submitted: boolean;
  locale: string;
  reused: () => Error;
}

/**
 * The quarantine of answers that came after the close of their wave, such as from a phone that was without network for weeks. They are
 * checked as any draft is, stored beside the data and never in them: no record, no consent, no disposition, no export follows.
 */
@Injectable()
export class LateAnswersService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Keeps checked answers, and has the person told so: it always ends with a problem. Repeating a request changes nothing.
   * @throws AnswersKept once they are stored, CaseWithdrawn where the person has left meanwhile, and WaveClosed where a phone holds
   *   more than any phone of ours
   */
  async keep(at: SessionCase, request: LateRequest, answers: Answers): Promise<never> {
    const { id, bodyHash, base, submitted, locale } = request;
    const isKept = await keepLate(this.db, {
      memberId: at.member_id,
      waveId: at.wave_id,
      saveId: id,
      bodyHash,
      sessionId: at.session_id,
      base,
      submitted,
      answers,
      locale,
      on: dateOf(this.clock.now()),
    });
    if (isKept) throw AnswersKept({});
    const known = await lateHash(this.db, at, id);
    if (known) throw known.equals(bodyHash) ? AnswersKept({}) : request.reused();
    throw (await hasLeft(this.db, at.member_id)) ? CaseWithdrawn({}) : WaveClosed({ wave: at.letter });
  }

  /** The cases of a wave with late answers; no answers. */
  casesOf(waveId: string): Promise<LateCase[]> {
    return lateCases(this.db, waveId);
  }
}
