import type { Codebook, CodebookTable, CodebookVariable } from './codebook.js';

interface Words {
  key: string;
  asked: string;
  universe: string;
  missing: string;
  computed: string;
}

const WORDS: Record<string, Words> = {
  en: {
    key: 'One row per',
    asked: 'Question',
    universe: 'Asked if',
    missing: 'Missing',
    computed: 'Computed',
  },
  ru: {
    key: 'Строка на',
    asked: 'Вопрос',
    universe: 'Задаётся, если',
    missing: 'Пропуски',
    computed: 'Вычисляется',
  },
};

/** The codebook as plain text for a terminal, in one language. */
export function codebookText(book: Codebook, locale: string): string {
  const words = (WORDS[locale] ?? WORDS.en) as Words;
  const title = book.title[locale];
  const tables = book.tables.map((table) => tableText(table, locale, words));
  return `${[...(title ? [title] : []), ...tables].join('\n\n')}\n`;
}

function tableText(table: CodebookTable, locale: string, words: Words): string {
  const head = `== ${table.name} ==\n${words.key}: ${table.key.join(' × ')}`;
  return [head, ...table.variables.map((variable) => variableText(variable, locale, words))].join('\n\n');
}

function variableText(variable: CodebookVariable, locale: string, words: Words): string {
  const lines = [`${variable.name}  (${variable.type}, ${variable.measure})`, variable.label[locale] ?? ''];
  const question = variable.question[locale];
  if (question && question !== variable.label[locale]) lines.push(`${words.asked}: ${question}`);
  if (variable.computed) lines.push(words.computed);
  const universe = variable.universe.text?.[locale] ?? variable.universe.expression;
  if (universe) lines.push(`${words.universe}: ${universe}`);
  for (const { code, label } of variable.values ?? [])
    lines.push(`${String(code).padStart(8)}  ${label[locale] ?? ''}`);
  if (variable.missing.length > 0)
    lines.push(
      `${words.missing}: ${variable.missing.map(({ code, label }) => `${code} ${label[locale] ?? ''}`).join('; ')}`,
    );
  return lines.map((line, position) => (position === 0 ? line : `  ${line}`)).join('\n');
}
