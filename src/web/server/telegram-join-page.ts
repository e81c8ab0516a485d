import { speaker } from '../shared/say.js';
import type { WebAssets } from './assets.js';
import { languageNav } from './language-nav.js';
import { html, type Html, page } from './page.js';

/** Where the page is, and where its button posts to. */
export const TELEGRAM_PATH = '/respond/telegram';

const say = speaker({
  ru: {
    languages: 'Язык страницы',
    title: 'Сообщения в Telegram',
    lead: 'Приглашения и напоминания могут приходить вам в Telegram, от бота @{bot}.',
    seesTitle: 'Что видит Telegram',
    seesBot: 'Что у вас есть чат с этим ботом, когда в него приходят сообщения и что в них написано.',
    seesLink:
      'Ссылку на анкету, которая в них будет. Прежние ответы по ней не открываются, но пересылать её никому не нужно.',
    seesNothing: 'Об исследовании и его темах в сообщениях нет ни слова. Ваших ответов Telegram не видит.',
    weTitle: 'Что видим мы',
    we: 'Мы храним в зашифрованном виде только номер чата. Имя, номер телефона и фотографию мы не сохраняем.',
    consentTitle: 'На что вы соглашаетесь',
    stop: 'Остановить сообщения можно в любой момент: отправьте боту /stop или заблокируйте его.',
    agree: 'Согласиться и получить ссылку',
    linkTitle: 'Остался один шаг',
    linkBody: 'Откройте бота и нажмите «Запустить» (Start). Он ответит, что всё готово.',
    open: 'Открыть бота в Telegram',
    elsewhere: 'Telegram на другом устройстве? Найдите там @{bot} и отправьте ему это сообщение:',
    lapses: 'Ссылка и код одноразовые и действуют два дня. Они только для вас: не пересылайте их.',
    back: 'Вернуться на вашу страницу',
    offTitle: 'Сообщений в Telegram здесь нет',
    offBody: 'Мы пишем вам так же, как и раньше. Делать ничего не нужно.',
  },
  en: {
    languages: 'Language of the page',
    title: 'Messages on Telegram',
    lead: 'Invitations and reminders can come to you on Telegram, from the bot @{bot}.',
    seesTitle: 'What Telegram can see',
    seesBot: 'That you have a chat with this bot, when messages come to it, and what they say.',
    seesLink:
      'The link to the questionnaire that they bring. It opens no earlier answers, but there is no need to pass it on to anyone.',
    seesNothing:
      'Messages do not say a word about the study or its subjects. Telegram does not see your answers.',
    weTitle: 'What we can see',
    we: 'We keep only the number of the chat, encrypted. We do not keep your name, telephone number or picture.',
    consentTitle: 'What you agree to',
    stop: 'You can stop the messages at any moment: send /stop to the bot, or block it.',
    agree: 'Agree and get the link',
    linkTitle: 'One step is left',
    linkBody: 'Open the bot and press “Start”. It will answer that all is done.',
    open: 'Open the bot in Telegram',
    elsewhere: 'Is Telegram on another device? Find @{bot} there and send it this message:',
    lapses: 'The link and the code work once, for two days. They are for you alone: do not pass them on.',
    back: 'Back to your page',
    offTitle: 'There are no messages on Telegram here',
    offBody: 'We write to you as before. There is nothing to do.',
  },
});

export interface TelegramJoinPage {
  locale: string;
  locales: readonly string[];
  /** The name of the bot, without @. */
  bot: string;
  /** The study's own words for this consent, where it asks for one. */
  consent: string | undefined;
  assets: WebAssets;
}

/** What Telegram learns, and the button that asks for a link. It does not show whether a chat was joined before. */
export function telegramJoinPage({ locale, locales, bot, consent, assets }: TelegramJoinPage): string {
  const body = html`
    <header class="top">
      ${locales.length > 1 && languageNav(say(locale, 'languages'), TELEGRAM_PATH, locale, locales)}
    </header>
    <main>
      <h1>${say(locale, 'title')}</h1>
      <p>${say(locale, 'lead', { bot })}</p>
      <h2>${say(locale, 'seesTitle')}</h2>
      <ul class="promises">
        <li>${say(locale, 'seesBot')}</li>
        <li>${say(locale, 'seesLink')}</li>
        <li>${say(locale, 'seesNothing')}</li>
      </ul>
      <h2>${say(locale, 'weTitle')}</h2>
      <p>${say(locale, 'we')}</p>
      ${
        consent !== undefined &&
        html`<h2>${say(locale, 'consentTitle')}</h2>
          <p>${consent}</p>`
      }
      <p>${say(locale, 'stop')}</p>
      <form class="card" method="post" action="${TELEGRAM_PATH}">
        <input type="hidden" name="locale" value="${locale}" />
        <button class="primary" type="submit">${say(locale, 'agree')}</button>
      </form>
      ${wayBack(locale)}
    </main>
  `;
  return page({ locale, assets, body });
}

export interface TelegramLinkPage {
  locale: string;
  bot: string;
  code: string;
  link: string;
  assets: WebAssets;
}

/**
 * The one-time link, to be followed by a click of its own: browsers do not let a form of ours lead on to another site (`form-action`).
 */
export function telegramLinkPage({ locale, bot, code, link, assets }: TelegramLinkPage): string {
  const body = html`
    <main>
      <h1>${say(locale, 'linkTitle')}</h1>
      <p>${say(locale, 'linkBody')}</p>
      <p class="action"><a class="primary" href="${link}" rel="noreferrer">${say(locale, 'open')}</a></p>
      <p>${say(locale, 'elsewhere', { bot })}</p>
      <p class="card"><code class="copied">/start ${code}</code></p>
      <p>${say(locale, 'lapses')}</p>
      <p>${say(locale, 'stop')}</p>
      ${wayBack(locale)}
    </main>
  `;
  return page({ locale, assets, body });
}

/** The page where there is no bot. */
export function noTelegramPage({ locale, assets }: { locale: string; assets: WebAssets }): string {
  const body = html`<main>
    <h1>${say(locale, 'offTitle')}</h1>
    <p>${say(locale, 'offBody')}</p>
    ${wayBack(locale)}
  </main>`;
  return page({ locale, assets, body });
}

const wayBack = (locale: string): Html =>
  html`<p class="action"><a class="secondary" href="/mine?lang=${locale}">${say(locale, 'back')}</a></p>`;
