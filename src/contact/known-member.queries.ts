import { type DataSource } from 'typeorm';
import { isMemberId } from '../panel/member-id.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { membersAmong } from '../panel/panel.queries.js';

/** The id of a member of a study. @throws UnknownMember */
export async function knownMember(db: DataSource, studyId: string, memberId: string): Promise<string> {
  const id = memberId.toLowerCase();
  if (!isMemberId(id) || !(await membersAmong(db, studyId, [id])).has(id))
    throw UnknownMember({ member: memberId });
  return id;
}
