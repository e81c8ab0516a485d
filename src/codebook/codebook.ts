import type { Texts, Variable } from '../questionnaire/variable/variable.js';
import { deriveTables } from '../questionnaire/variable/variables.js';
import { missingReasonOf, wordsOf } from './missing-reason.js';

/** What a codebook says of one column. */
export interface CodebookVariable {
  name: string;
  type: Variable['type'];
  measure: Variable['measure'];
  label: Texts;
  question: Texts;
  concept?: string;
  /** The item in the questionnaire, and the cell's path in it. */
  item: string;
  path: string;
  /** Position of the page, from 1; null for what stands on none. */
  page: number | null;
  computed: boolean;
  universe: { expression: string | null; text?: Texts };
  values?: { code: number; value: unknown; label: Texts }[];
  missing: { code: number; stata: string; label: Texts }[];
}

/** One file's columns; a row is known by its unique key. */
export interface CodebookTable {
  name: string;
  label: Texts;
  key: string[];
  variables: CodebookVariable[];
}

export interface Codebook {
  title: Texts;
  locales: string[];
  tables: CodebookTable[];
}

/** What tells one person from another in every file. */
const PERSON_KEY = 'pidp';

export interface CodebookOptions {
  locales: string[];
  /** Letter of the wave: every name then begins with it, as `a_country`. */
  wave?: string;
}

/**
 * The codebook of a questionnaire: each table with its key and its variables, in the questionnaire's order.
 * What the command prints as JSON and what an export's `codebook.json` holds.
 */
export function codebook(questionnaire: object, options: CodebookOptions): Codebook {
  const { variables, tables } = deriveTables(questionnaire, options.locales);
  const named = (name: string) => (options.wave ? `${options.wave}_${name}` : name);
  return {
    title: tables[0]?.label ?? {},
    locales: options.locales,
    tables: tables.map((table) => ({
      name: table.name,
      label: table.label,
      key: [PERSON_KEY, ...table.index.map(named)],
      variables: variables
        .filter((variable) => variable.table === table.name)
        .map((variable) => entry(variable, named, options.locales)),
    })),
  };
}

function entry(variable: Variable, named: (name: string) => string, locales: string[]): CodebookVariable {
  const { name, type, measure, label, question, concept, item, path, page, computed, universe, values } =
    variable;
  return {
    name: named(name),
    type,
    measure,
    label,
    question,
    ...(concept === undefined ? {} : { concept }),
    item,
    path,
    page: page < 0 ? null : page + 1,
    computed,
    universe,
    ...(values === undefined ? {} : { values }),
    missing: reasonsInCells(variable).map((reason) => ({
      code: reason.code,
      stata: reason.stata,
      label: Object.fromEntries(locales.map((locale) => [locale, wordsOf(reason, locale)])),
    })),
  };
}

/** Reasons that a variable's own cells can hold; those of a text or date are in its companion. */
function reasonsInCells(variable: Variable) {
  if (variable.type !== 'numeric') return [];
  return variable.missing.map((key) => missingReasonOf(key, variable.negatives));
}
