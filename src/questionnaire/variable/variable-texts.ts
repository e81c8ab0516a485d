import { getLocaleString, type LocalizableString } from 'survey-core';
import type { Texts } from './variable.js';

/** Turns SurveyJS's texts into texts by locale, for a fixed list of locales. */
export class TextReader {
  constructor(
    readonly locales: string[],
    /** What `default` means: the questionnaire's own locale. */
    private readonly ownLocale: string,
  ) {}

  /** The text in every locale; where one is missing, the default, then any other, then `otherwise`. */
  of(text: LocalizableString | undefined, otherwise: unknown): Texts {
    return this.ofJson(text?.getJson(), otherwise);
  }

  /** The same for a text as it stands in the JSON. */
  ofJson(json: unknown, otherwise: unknown): Texts {
    const fallback = otherwise === null || otherwise === undefined ? '' : String(otherwise);
    if (typeof json === 'string') return this.same(json || fallback);
    if (json === null || typeof json !== 'object') return this.same(fallback);
    const given = json as Record<string, unknown>;
    const words = (locale: string) => (typeof given[locale] === 'string' ? given[locale] : '');
    const spare =
      words('default') ||
      words(this.ownLocale) ||
      words('en') ||
      Object.keys(given).map(words).find(Boolean) ||
      fallback;
    return this.each((locale) => words(locale) || spare);
  }

  /** An interface text of SurveyJS, such as `otherItemText`, unless the questionnaire has its own. */
  special(text: LocalizableString | undefined, key: string): Texts {
    const json: unknown = text?.getJson();
    const given: Record<string, unknown> =
      typeof json === 'string' ? { default: json } : ((json ?? {}) as Record<string, unknown>);
    const own = (locale: string) => (typeof given[locale] === 'string' ? given[locale] : '');
    return this.each((locale) => own(locale) || own('default') || getLocaleString(key, locale));
  }

  same(text: string): Texts {
    return this.each(() => text);
  }

  each(say: (locale: string) => string): Texts {
    return Object.fromEntries(this.locales.map((locale) => [locale, say(locale)]));
  }

  /** Several texts side by side, the outer first: `Your jobs — Main job — Hours`. */
  chain(texts: Texts[]): Texts {
    return this.each((locale) =>
      texts
        .map((text) => text[locale] ?? '')
        .filter((text, position, all) => text !== '' && text !== all[position - 1])
        .join(' — '),
    );
  }
}
