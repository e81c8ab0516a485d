import { type FileColumn } from '../format/file-table.js';
import { rootOf } from './description-text.js';
import { type Frequencies } from './frequencies.js';
import { type DescribedFile, type ReleaseDescription } from './release-description.js';

/** A column where it is counted. */
export interface RootPlace {
  file: string;
  /** Letter of the wave; none where the file is of no single wave. */
  wave: string | undefined;
  column: FileColumn;
  counted: Frequencies;
}

/** A variable over all waves: described once, counted in each of its files. */
export interface Root {
  name: string;
  /** Kind of its files, such as indresp. */
  family: string;
  concept: string | undefined;
  /** As in its newest wave. */
  column: FileColumn;
  /** Where frequencies are shown: in the files of waves where there are any, else in those across waves. */
  places: readonly RootPlace[];
  /** Name of the variable, with the files that have it under this name. */
  files: readonly { variable: string; files: readonly string[] }[];
}

/** Files in which the variables of interviews stand again. */
const REPEATING = new Set(['panel_long', 'panel_wide']);
const INTERVIEWS = 'indresp';
const PERSON = 'pidp';

/** The variables of a release over its waves, in the order in which they first appear. */
export function rootsOf({ files, waves }: ReleaseDescription): Root[] {
  const found = new Map<string, { name: string; family: string; places: RootPlace[] }>();
  const repeating = (file: DescribedFile) => REPEATING.has(file.table.name);
  for (const file of [...files.filter((each) => !repeating(each)), ...files.filter(repeating)]) {
    const { name: fileName, columns } = file.table;
    const ownFamily = rootOf({ name: fileName }, waves);
    for (const [index, column] of columns.entries()) {
      const name = rootOf(column, waves);
      const family = name === PERSON ? '' : familyOf(ownFamily, name, found);
      const root = found.get(`${family} ${name}`) ?? { name, family, places: [] };
      const wave = letterOf(column, fileName, waves);
      root.places.push({ file: fileName, wave, column, counted: file.frequencies[index] as Frequencies });
      found.set(`${family} ${name}`, root);
    }
  }
  return [...found.values()].map(described);
}

function familyOf(own: string, name: string, found: ReadonlyMap<string, unknown>): string {
  return REPEATING.has(own) && (found.has(`${INTERVIEWS} ${name}`) || own === 'panel_wide')
    ? INTERVIEWS
    : own;
}

function letterOf(
  { name, wave }: FileColumn,
  file: string,
  waves: readonly { letter: string }[],
): string | undefined {
  if (wave !== undefined) return wave;
  return waves.find(({ letter }) => name.startsWith(`${letter}_`) || file.startsWith(`${letter}_`))?.letter;
}

function described({ name, family, places }: { name: string; family: string; places: RootPlace[] }): Root {
  const own = places.filter(({ file }) => !REPEATING.has(file));
  const newest = own.at(-1) ?? (places.at(-1) as RootPlace);
  const names = [...new Set(places.map(({ column }) => column.name))];
  return {
    name,
    family,
    concept: newest.column.concept,
    column: newest.column,
    places: own.length > 0 ? own : places.filter(({ file }) => file === places[0]?.file),
    files: names.map((variable) => ({
      variable,
      files: places.filter(({ column }) => column.name === variable).map(({ file }) => file),
    })),
  };
}
