import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LinkUnknown } from '../access/access.problems.js';
import { hashOf, newToken } from '../access/token.node.js';
import { tokenIn } from '../access/token.js';
import { addDays, Clock, dateOf, hourOf } from '../kit/clock.js';
import { stateAfter } from '../wave/case-state.js';
import { admit } from './admission.js';
import { beginSession, endSession, linkedCase, sessionIsFor } from './entry.queries.js';

/** Days that a session outlives its start: a phone that was offline can still send what it holds. */
export const SESSION_DAYS = 45;

/** The way in: a personal link, posted by a person's click, becomes a session. */
@Injectable()
export class EntryService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Opens a session for what a person posted: the token from the link's fragment, or the whole link pasted.
   * A browser that has a session for the same case keeps it, and with it the sight of its own answers.
   * @param locale  the language of the page that they came from, where it is one of the study's
   * @returns the token of the new session, or undefined where the present one goes on
   * @throws LinkUnknown, and what `admit` throws for a finished case or a closed wave
   */
  async enter(
    posted: unknown,
    presentSession: string | undefined,
    locale: string | undefined,
  ): Promise<string | undefined> {
    const token = tokenIn(posted);
    const linked = token ? await linkedCase(this.db, hashOf(token)) : undefined;
    if (!linked) throw LinkUnknown({});
    const now = this.clock.now();
    admit(
      {
        caseState: linked.case_state,
        memberStatus: linked.member_status,
        submitted: linked.submitted,
        wave: {
          letter: linked.letter,
          openedAt: linked.opened_at,
          closesAt: linked.closes_at,
          closedAt: linked.closed_at,
        },
      },
      now,
    );
    if (linked.revoked) throw LinkUnknown({});
    if (presentSession && (await sessionIsFor(this.db, hashOf(presentSession), linked, dateOf(now))))
      return undefined;
    const session = newToken();
    await beginSession(this.db, {
      tokenHash: session.hash,
      id: randomUUID(),
      memberId: linked.member_id,
      waveId: linked.wave_id,
      openItems: linked.revision > 0 ? [] : null, // what it may see is worked out when it asks for the questionnaire
      expiresOn: dateOf(addDays(now, SESSION_DAYS)),
      stateBefore: linked.case_state,
      stateAfter: stateAfter(linked.case_state, 'open') ?? linked.case_state,
      activeAt: hourOf(now),
      on: dateOf(now),
      locale: locale !== undefined && linked.locales.includes(locale) ? locale : null,
    });
    return session.token;
  }

  /** Ends a session: the quick exit. */
  async leave(presentSession: string | undefined): Promise<void> {
    if (presentSession) await endSession(this.db, hashOf(presentSession));
  }
}
