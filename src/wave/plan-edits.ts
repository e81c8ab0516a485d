import { type StudyFault } from '../study/study.problems.js';
import { type WaveFile } from '../study/study.js';

/** A wave as it stands, against the contact plan of the file that is loaded now. */
export interface PlanBefore {
  letter: string;
  /** Staff put another plan in place of the file's. */
  edited: boolean;
  /** The file's plan is another one than when it was loaded last. */
  file_changed: boolean;
  /** The plan in force is not the file's. */
  differs: boolean;
}

/**
 * What becomes of the contact plans when a study is loaded again: one that staff edited here stays, unless the file's own has
 * changed since as well, which only people can settle.
 * @param discard  what staff edited gives way
 * @returns the waves whose edited plan stays, those whose plan in force changes, and the conflicts
 */
export function planEdits(
  waves: readonly WaveFile[],
  before: readonly PlanBefore[],
  discard: boolean,
): { kept: string[]; changed: string[]; conflicts: StudyFault[] } {
  const kept = before.filter(({ edited, differs }) => edited && differs && !discard);
  return {
    kept: kept.map(({ letter }) => letter),
    changed: before.filter((one) => !kept.includes(one) && one.differs).map(({ letter }) => letter),
    conflicts: kept
      .filter(({ file_changed }) => file_changed)
      .map(({ letter }) => ({
        path: `waves[${waves.findIndex(({ id }) => id === letter)}].contactPlan`,
        sentence:
          `Staff edited the contact plan of wave ${letter} here, and the file has changed as well. ` +
          'Bring both together in the file, and load it with --discard-edits.',
      })),
  };
}
