import { type Actor } from '../../src/access/actor.js';

/** Somebody of the staff, at the command line. */
export const anna: Actor = { kind: 'shell', by: 'Anna' };

export const named = (by: string): Actor => ({ kind: 'shell', by });

export const themselves = (memberId: string): Actor => ({ kind: 'member', memberId });
