import { type RiskReport } from '../../analysis/disclosure/risk-report.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { type ReleaseDescription } from '../meta/release-description.js';

/** What is kept of a release besides its files and what the table says by itself. */
export type ReleaseDefinition = Omit<
  ReleaseDescription,
  'kind' | 'version' | 'madeAt' | 'files' | 'erased' | 'locales' | 'formats'
> & {
  /** The study's languages, the main one first. */
  languages: readonly string[];
  /** What risk of disclosure was left, by file. */
  risk: readonly { file: string; report: RiskReport }[];
  /** What was done to each column against disclosure, where something was. */
  treatments: readonly { file: string; variable: string; words: Texts }[];
};

/** What a file says it is part of. */
export const sourceWords = ({ study, languages }: ReleaseDefinition, version: string): Texts =>
  Object.fromEntries(languages.map((locale) => [locale, `${study.title[locale] ?? ''}, ${version}`]));
