/**
 * A member's place in anything that is spread: even over many members, and the same each time.
 * @param memberId  a random UUID
 * @returns  [0, 1), in steps of 1/65536: the first 16 bits of the id, as the SQL that plans has it
 */
export const spreadFraction = (memberId: string): number =>
  parseInt(memberId.replaceAll('-', '').slice(0, 4), 16) / 65_536;

/** A member's place in a stretch of time. @returns whole milliseconds, at least 0 and below `lengthMs` (0 where that is 0) */
export const spreadMs = (memberId: string, lengthMs: number): number =>
  Math.floor(spreadFraction(memberId) * lengthMs);
