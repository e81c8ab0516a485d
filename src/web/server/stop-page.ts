import { speaker } from '../shared/say.js';
import type { WebAssets } from './assets.js';
import { html, page } from './page.js';

const say = speaker({
  ru: {
    askTitle: 'Больше не писать вам?',
    askBody:
      'Мы перестанем присылать вам письма. Ваши ответы сохранятся, и вы сможете ответить по ссылке из любого письма.',
    button: 'Не писать мне',
    doneTitle: 'Мы больше не будем вам писать',
    doneBody: 'Письма остановлены. Это не удаляет ваши ответы.',
  },
  en: {
    askTitle: 'Stop writing to you?',
    askBody:
      'We will send you no more e-mail. Your answers stay, and the link in any message still lets you answer.',
    button: 'Stop writing to me',
    doneTitle: 'We will not write to you any more',
    doneBody: 'Messages have stopped. This does not erase your answers.',
  },
});

/** The unsubscribe page, before and after the click. */
export function stopPage({
  locale,
  done,
  action,
  assets,
}: {
  locale: string;
  done: boolean;
  action: string;
  assets: WebAssets;
}): string {
  const body = done
    ? html`<main>
        <h1>${say(locale, 'doneTitle')}</h1>
        <p>${say(locale, 'doneBody')}</p>
      </main>`
    : html`<main>
        <h1>${say(locale, 'askTitle')}</h1>
        <p>${say(locale, 'askBody')}</p>
        <form method="post" action="${action}">
          <button class="primary" type="submit">${say(locale, 'button')}</button>
        </form>
      </main>`;
  return page({ locale, assets, body });
}
