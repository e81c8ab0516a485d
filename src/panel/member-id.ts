import { z } from 'zod';

/** Whether a text can be the id of a member at all: PostgreSQL is asked about no other. */
export const isMemberId = (text: string): boolean => z.guid().safeParse(text).success;
