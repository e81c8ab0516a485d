import { interfaceLocale, type InterfaceLocale } from './locale.js';

/** A whole sentence, or one for each plural form of its parameter `count` (Intl.PluralRules categories). */
export type Sentence = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** One language's sentences. Parameters stand in braces: `Saved at {time}`. */
export type Sentences<Key extends string> = Readonly<Record<Key, Sentence>>;

export type Parameters = Readonly<Record<string, string | number>>;

/**
 * Makes the `say` of a dictionary: `say(locale, key, params)` gives the sentence in the interface language nearest
 * to `locale`, in the plural form that `params.count` asks for, with its parameters filled in. Nothing is escaped.
 */
export function speaker<Key extends string>(dictionary: Readonly<Record<InterfaceLocale, Sentences<Key>>>) {
  return (locale: string, key: Key, params: Parameters = {}): string => {
    const language = interfaceLocale(locale);
    const sentence = dictionary[language][key];
    const form =
      typeof sentence === 'string'
        ? sentence
        : (sentence[new Intl.PluralRules(language).select(Number(params['count']))] ?? sentence.other);
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  };
}
