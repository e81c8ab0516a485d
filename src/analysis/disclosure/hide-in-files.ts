import { classesOf, lDiversity, SUPPRESSED } from './k-anonymity.js';
import { suppressToK } from './local-suppression.js';
import { type NamedCodes } from './risk-report.js';

/** The people of a file of one row a person, by their places among all people, and what it tells of them that is sensitive. */
export interface FileOfPeople {
  name: string;
  people: Int32Array;
  /** A code for each of them; below zero tells nothing. */
  sensitive: readonly NamedCodes[];
}

/** Somebody of whom something is hidden, by their place among all people. */
export interface HiddenName {
  person: number;
  name: string;
}

export interface HiddenInFiles {
  /** In the order in which they were found. */
  hidden: HiddenName[];
  /** The identifying variables of all people after it. */
  keys: NamedCodes[];
  /** Each file with what it still tells. */
  files: FileOfPeople[];
}

/**
 * Hides values until in every file, taken by itself, everybody shares all identifying values with k of its people or more, and each
 * such group gave l different answers to each sensitive question, or none. Whoever is asked in fewer waves stands in fewer files, and
 * in each of them must be one of k. What is hidden in one file is hidden of that person in all: so each round hides more and it ends.
 * @param keys  identifying variables, a code for each of all people; the most important first: hidden last
 */
export function hideInFiles(
  keys: readonly NamedCodes[],
  files: readonly FileOfPeople[],
  { k, l }: { k: number; l: number },
): HiddenInFiles {
  const after = keys.map(({ name, codes }) => ({ name, codes: Int32Array.from(codes) }));
  const left = files.map((file) => ({
    ...file,
    sensitive: file.sensitive.map(({ name, codes }) => ({ name, codes: Int32Array.from(codes) })),
  }));
  const importance = keys.map((_, index) => keys.length - index);
  const hidden: HiddenName[] = [];
  for (let before = -1; before !== hidden.length;) {
    before = hidden.length;
    for (const file of left) {
      hideKeys(after, importance, file, { k, l }, hidden);
      hideAnswers(after, file, left, l, hidden);
    }
  }
  return { hidden, keys: after, files: left };
}

const within = ({ people }: FileOfPeople, codes: Int32Array): Int32Array =>
  people.map((person) => codes[person] as number);

/** The classes of a file's people. */
const classesIn = (file: FileOfPeople, keys: readonly NamedCodes[]) =>
  classesOf(
    keys.map(({ codes }) => within(file, codes)),
    file.people.length,
  );

function hideKeys(
  keys: readonly NamedCodes[],
  importance: readonly number[],
  file: FileOfPeople,
  { k, l }: { k: number; l: number },
  hidden: HiddenName[],
): void {
  const own = keys.map(({ codes }) => within(file, codes));
  const sensitive = file.sensitive.map(({ codes }) => codes);
  for (const { row, key } of suppressToK(own, importance, k, { l, sensitive }).hidden) {
    const person = file.people[row] as number;
    const { name, codes } = keys[key] as NamedCodes;
    codes[person] = SUPPRESSED;
    hidden.push({ person, name });
  }
}

/** Where a group gave too few different answers still, they are hidden, in this file and in all others. */
function hideAnswers(
  keys: readonly NamedCodes[],
  file: FileOfPeople,
  files: readonly FileOfPeople[],
  l: number,
  hidden: HiddenName[],
): void {
  const { of } = classesIn(file, keys);
  for (const { name, codes } of file.sensitive) {
    const distinct = lDiversity(classesIn(file, keys), codes);
    const told = [...codes.keys()].filter((row) => {
      const values = distinct[of[row] as number] as number;
      return (codes[row] as number) >= 0 && values > 0 && values < l;
    });
    const people = new Set(told.map((row) => file.people[row] as number));
    for (const person of people) hidden.push({ person, name });
    if (people.size === 0) continue;
    for (const other of files)
      for (const answers of other.sensitive.filter((one) => one.name === name))
        other.people.forEach((person, row) => {
          if (people.has(person)) answers.codes[row] = -1;
        });
  }
}
