import { type Texts } from '../../questionnaire/variable/variable.js';
import { type Treatment } from './treatment.js';

/** What was done to a column, in words for the codebook; null where nothing was. */
export function ruleWords(treatment: Treatment): Texts | null {
  switch (treatment.kind) {
    case 'keep':
      return null;
    case 'drop':
    case 'group':
      return treatment.why;
    case 'month':
      return { en: 'Dates are given by month', ru: 'Даты указаны с точностью до месяца' };
    case 'year':
      return { en: 'Dates are given by year', ru: 'Даты указаны с точностью до года' };
    case 'bands':
      return bandWords(treatment.width);
    case 'topCode':
      return tailWords(treatment.bounds ?? {});
  }
}

const bandWords = (width: number): Texts => ({
  en: `Values are grouped; each stands for the least value of its group. Width of a group: ${width}`,
  ru: `Значения сгруппированы; каждое — наименьшее значение своей группы. Ширина группы: ${width}`,
});

function tailWords({ low, high }: { low?: number; high?: number }): Texts | null {
  if (low === undefined && high === undefined) return null;
  if (low === undefined)
    return {
      en: `Extremes are hidden: values above ${high} are given as ${high}`,
      ru: `Крайние значения скрыты: значения больше ${high} указаны как ${high}`,
    };
  if (high === undefined)
    return {
      en: `Extremes are hidden: values below ${low} are given as ${low}`,
      ru: `Крайние значения скрыты: значения меньше ${low} указаны как ${low}`,
    };
  return {
    en: `Extremes are hidden: values below ${low} are given as ${low}, values above ${high} as ${high}`,
    ru: `Крайние значения скрыты: значения меньше ${low} указаны как ${low}, больше ${high} — как ${high}`,
  };
}
