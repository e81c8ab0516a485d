import { type Disclosure, isNamed } from '../../analysis/disclosure/disclosure.js';
import { type Geography } from '../../analysis/disclosure/geography.js';
import { type DisclosureProfile, isFileReleased } from '../../analysis/disclosure/profile.js';
import { type TreatedColumn, type Treatment, treatmentsOf } from '../../analysis/disclosure/treatment.js';
import { type Column, type Dataset } from '../column.js';

/** A column with what is to be done to it. */
export interface PlannedColumn {
  column: Column;
  described: TreatedColumn;
  treatment: Treatment;
  /** Where it identifies, the name in the study's list that says so. */
  identifies: string | undefined;
  sensitive: boolean;
}

export interface PlannedFile {
  dataset: Dataset;
  columns: PlannedColumn[];
}

/** The name of a column without the prefix of its wave. Only files of one wave and the wide one have prefixes. */
export function rootOf(file: string, name: string, letters: readonly string[]): string {
  const [, letter, root] = /^([a-z])_(.+)$/.exec(name) ?? [];
  if (letter === undefined || root === undefined || !letters.includes(letter)) return name;
  return file.startsWith(`${letter}_`) || file.startsWith('panel_wide') ? root : name;
}

/** A file's name without the prefix of its wave and its ending, such as `indresp`. */
const plainName = (file: string, letters: readonly string[]): string =>
  rootOf(file, file, letters).replace(/\.csv$/, '');

/** Files of a wave that are no child tables. */
const OF_A_WAVE = ['indresp', 'indsamp', 'contacts'];

/**
 * What is to be done to each file that belongs to a release. What is about no person (the concordance) stays as it is.
 * @param letters  of the waves whose files have prefixes
 */
export function disclosurePlan(
  datasets: readonly Dataset[],
  letters: readonly string[],
  {
    profile,
    disclosure,
    geography,
  }: { profile: DisclosureProfile; disclosure: Disclosure; geography: Geography },
): PlannedFile[] {
  return datasets.flatMap((dataset) => {
    if (!dataset.key.includes('pidp')) return [{ dataset, columns: dataset.columns.map(asItIs) }];
    const plain = plainName(dataset.file, letters);
    const isChild = plain !== dataset.file.replace(/\.csv$/, '') && !OF_A_WAVE.includes(plain);
    if (!isFileReleased(profile, plain, isChild)) return [];
    const described = dataset.columns.map((column) => ({ ...describe(dataset, column, letters), column }));
    const columns = treatmentsOf(described, profile, disclosure, geography).map(
      ({ column: { column, ...of }, treatment }): PlannedColumn => ({
        column,
        described: of,
        treatment,
        identifies: of.key ? undefined : disclosure.identifying.find((name) => isNamed([name], of)),
        sensitive: isNamed(disclosure.sensitive, of),
      }),
    );
    return [{ dataset, columns }];
  });
}

const describe = (dataset: Dataset, column: Column, letters: readonly string[]): TreatedColumn => ({
  root: rootOf(dataset.file, column.name, letters),
  type: column.type,
  measure: column.measure,
  ...(column.item === undefined ? {} : { item: column.item }),
  ...(column.values ? { values: column.values } : {}),
  key: dataset.key.includes(column.name) || column.namesPerson === true,
});

const asItIs = (column: Column): PlannedColumn => ({
  column,
  described: { root: column.name, type: column.type, measure: column.measure },
  treatment: { kind: 'keep' },
  identifies: undefined,
  sensitive: false,
});
