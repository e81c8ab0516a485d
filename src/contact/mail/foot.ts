import { type RenderedLetter } from '../channel.js';

const WORDS = {
  ru: 'Посмотреть, исправить или стереть всё, что у нас о вас есть',
  en: 'See, correct or erase all that we hold about you',
};

/**
 * A letter with its foot: where a person finds the page of their own. The address is the same for everybody, and says nothing.
 * @param publicUrl  the installation's address
 */
export function withFoot(
  { subject, text, html }: RenderedLetter,
  publicUrl: string,
  locale: string,
): RenderedLetter {
  const language = locale.toLowerCase().split('-')[0] === 'ru' ? 'ru' : 'en';
  const url = `${publicUrl}/mine/link?lang=${language}`;
  const words = WORDS[language];
  return {
    subject,
    text: `${text.trimEnd()}\n\n${words}:\n${url}\n`,
    html: `${html}\n<p lang="${language}"><a href="${url}">${words}</a></p>`,
  };
}
