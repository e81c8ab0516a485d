import { type FileColumn, wordsIn } from '../format/file-table.js';
import { mainWords } from './description-text.js';
import { type DescribedFile, type ReleaseDescription } from './release-description.js';

/** Size of a file in bytes and its SHA-256 as hexadecimal digits; none for a file that is not there. */
export type FileFacts = (file: string) => { bytes: number; hash: string } | undefined;

/**
 * The CSV files of a release as a Data Package 2.0, in the main language. Reasons are labelled missing values of their field,
 * codes are categories.
 * @see https://datapackage.org/standard/data-package/
 */
export function dataPackage(release: ReleaseDescription, factsOf: FileFacts): string {
  const { study, name, version, madeAt, authors, files, rules } = release;
  const population = study.population ? [mainWords(study.population, release)] : [];
  const description = [...population, ...rules.map((rule) => mainWords(rule, release))].join('\n');
  const made = {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name,
    title: mainWords(study.title, release),
    ...(description === '' ? {} : { description }),
    version,
    created: madeAt.toISOString(),
    ...(authors.length > 0
      ? { contributors: authors.map(({ name: title }) => ({ title, roles: ['creator'] })) }
      : {}),
    resources: files.flatMap((file) => resource(file, release, factsOf)),
  };
  return `${JSON.stringify(made, null, 1)}\n`;
}

function resource({ table }: DescribedFile, release: ReleaseDescription, factsOf: FileFacts) {
  const path = `${table.name}.csv`;
  const facts = factsOf(path);
  if (!facts) return [];
  return [
    {
      $schema: 'https://datapackage.org/profiles/2.0/dataresource.json',
      name: table.name,
      path,
      type: 'table',
      title: mainWords(table.label, release),
      format: 'csv',
      mediatype: 'text/csv',
      encoding: 'utf-8',
      bytes: facts.bytes,
      hash: `sha256:${facts.hash}`,
      dialect: { header: true, delimiter: ',', lineTerminator: '\r\n', quoteChar: '"', doubleQuote: true },
      schema: {
        $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
        fields: table.columns.map((column) => field(column, table.key, release)),
        primaryKey: table.key,
      },
    },
  ];
}

const EMPTY = { ru: 'Пусто', en: 'Empty' };

function field(column: FileColumn, key: readonly string[], release: ReleaseDescription) {
  const { name, label, question, values, missing, measure } = column;
  const { type, format } = typeOf(column);
  const title = mainWords(label, release);
  const asked = question ? mainWords(question, release) : '';
  const isKey = key.includes(name);
  return {
    name,
    type,
    ...(format === undefined ? {} : { format }),
    title,
    ...(asked === '' || asked === title ? {} : { description: asked }),
    ...(values.length > 0 && type === 'integer'
      ? {
          categories: values.map(({ code, label: of }) => ({ value: code, label: mainWords(of, release) })),
          ...(measure === 'ordinal' ? { categoriesOrdered: true } : {}),
        }
      : {}),
    ...(missing.length > 0
      ? {
          missingValues: [
            { value: '', label: wordsIn(EMPTY, release.locales[0] ?? 'en', ['en']) },
            ...missing.map(({ code, label: of }) => ({ value: String(code), label: mainWords(of, release) })),
          ],
        }
      : {}),
    ...(isKey ? { constraints: { required: true, ...(key.length === 1 ? { unique: true } : {}) } } : {}),
  };
}

/** A cell of one moment may lack its seconds, so its form is left open. */
function typeOf({ type, scan, values }: FileColumn): { type: string; format?: string } {
  if (type === 'numeric')
    return {
      type: scan.decimals === 0 && values.every(({ code }) => Number.isInteger(code)) ? 'integer' : 'number',
    };
  if (type === 'month') return { type: 'yearmonth' };
  if (type === 'datetime') return { type: 'datetime', format: 'any' };
  return { type };
}
