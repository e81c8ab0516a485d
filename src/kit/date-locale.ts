/** The locale that dates and times are written in: British English, so that they read 14:02 and 5 March; every other as it is. */
export const dateLocale = (locale: string): string => (locale === 'en' ? 'en-GB' : locale);
