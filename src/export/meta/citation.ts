import { type Texts } from '../../questionnaire/variable/variable.js';
import { wordsIn } from '../format/file-table.js';
import { dayOf, mainWords, onOneLine } from './description-text.js';
import { type ReleaseDescription } from './release-description.js';

const MESSAGE: Texts = {
  ru: 'Если вы используете эти данные, сошлитесь на них так, как указано здесь.',
  en: 'If you use these data, cite them as given here.',
};
const KINDS: Readonly<Record<ReleaseDescription['kind'], Texts>> = {
  SUF: { ru: 'файл для научного использования', en: 'scientific-use file' },
  PUF: { ru: 'открытый файл', en: 'public-use file' },
};

/**
 * How to cite a release: CITATION.cff. Where the study names no authors it stands for them itself.
 * @see https://github.com/citation-file-format/citation-file-format, version 1.2.0
 */
export function citation(release: ReleaseDescription): string {
  const { authors, study, kind, version, madeAt, locales, name } = release;
  const main = locales[0] ?? 'en';
  const title = mainWords(study.title, release);
  const named = authors.length > 0 ? authors.map((author) => author.name) : [title];
  const said = (texts: Texts) => wordsIn(texts, main, ['en']);
  return [
    `cff-version: "1.2.0"`,
    `message: ${yamlText(said(MESSAGE))}`,
    `type: "dataset"`,
    `title: ${yamlText(`${title} (${said(KINDS[kind])}, ${name})`)}`,
    `version: ${yamlText(version)}`,
    `date-released: "${dayOf(madeAt)}"`,
    `authors:`,
    ...named.map((author) => `  - name: ${yamlText(author)}`),
    ...(study.population ? [`abstract: ${yamlText(mainWords(study.population, release))}`] : []),
    '',
  ].join('\n');
}

/** A text in double quotes: what JSON writes, YAML reads. */
const yamlText = (text: string): string => JSON.stringify(onOneLine(text));
