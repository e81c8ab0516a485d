import { speaker } from '../../web/shared/say.js';

/**
 * What the bot says by itself. Neutral on purpose: whoever reads over a shoulder, or on Telegram's servers, learns of no study.
 * An unknown code and a lapsed one get the same words.
 */
export const sayInChat = speaker({
  ru: {
    joined: 'Готово. Сообщения будут приходить сюда. Чтобы их остановить, отправьте /stop.',
    unknown:
      'Этот код не подошёл: он одноразовый и действует два дня. Откройте страницу, на которой вы его получили, и запросите новый.',
    how: 'Чтобы сообщения приходили сюда, нужна личная ссылка с кодом. Она есть на странице, которая открывается по ссылке из нашего письма.',
    stopped: 'Сюда больше ничего приходить не будет. Передумаете — запросите новый код там же, где и раньше.',
    words:
      'Здесь никто не читает ответы: сюда приходят только уведомления. Чтобы их остановить, отправьте /stop.',
  },
  en: {
    joined: 'Done. Messages will come here. To stop them, send /stop.',
    unknown:
      'This code did not fit: it works once, for two days. Open the page that gave it to you and ask for a new one.',
    how: 'For messages to come here you need a personal link with a code. You will find it on the page behind the link in our e-mail.',
    stopped:
      'Nothing more will come here. If you change your mind, ask for a new code where you got the last one.',
    words: 'Nobody reads answers here: this chat only brings notices. To stop them, send /stop.',
  },
});

export type ChatReply = Parameters<typeof sayInChat>[1];
