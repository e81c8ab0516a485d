import { speaker } from '../../web/shared/say.js';

/**
 * What the bot says by itself. Neutral on purpose: whoever reads over a shoulder, or on Telegram's servers, learns of no study.
 * An unknown code and a lapsed one get the same words.
 */
export const sayInChat = speaker({
  ru: {
    joined: 'Готово. Сообщения будут приходить сюда. Чтобы их остановить, отправьте /stop.',
    unknown:
      'Этот код не подошёл. Коды одноразовые и действуют два дня. Откройте страницу, на которой вы его получили, и запросите новый.',
    how: 'Чтобы сообщения приходили сюда, нужен личный код. Откройте ссылку из нашего письма: в самом конце там предложат подключить Telegram.',
    stopped:
      'Сюда больше ничего приходить не будет. На почту сообщения могут приходить и дальше: их останавливает ссылка в конце письма. Передумаете — запросите новый код там же, где и раньше.',
    words:
      'Сообщения, отправленные сюда, никто не читает: бот только присылает уведомления. Чтобы их остановить, отправьте /stop.',
  },
  en: {
    joined: 'Done. Messages will come here. To stop them, send /stop.',
    unknown:
      'This code did not fit. A code works once, for two days. Open the page that gave it to you and ask for a new one.',
    how: 'For messages to come here you need a personal code. Open the link in our e-mail: at the very end you will be offered to connect Telegram.',
    stopped:
      'Nothing more will come here. Messages may still come by e-mail: the link at the end of an e-mail stops them. If you change your mind, ask for a new code where you got the last one.',
    words: 'Nobody reads what is sent here: this bot only brings notices. To stop them, send /stop.',
  },
});

export type ChatReply = Parameters<typeof sayInChat>[1];
