/** How a visit can end. Pages of the server and the questionnaire in the browser say it in the same words. */
export const outcomesInRussian = {
  documentTitle: 'Анкета',
  'thanks.title': 'Спасибо! Ответы получены',
  'thanks.body':
    'Мы записали ваши ответы {date}. Больше ничего делать не нужно, и напоминать об этой анкете мы не будем.',
  'thanks.receipt': 'Номер вашей квитанции',
  'thanks.receiptHelp':
    'Он пригодится, если вы захотите спросить нас об этих ответах. Сам по себе номер ничего о вас не говорит.',
  'thanks.close': 'Эту страницу можно закрыть.',
  'thanks.moved': 'Переезжаете? Сообщите нам',
  'thanks.mine': 'Посмотреть, исправить или стереть всё, что у нас о вас есть',
  'thanks.mineHelp':
    'Чтобы страницу не открыл кто-то другой, мы пришлём ссылку на вашу почту. Там же можно сделать паузу, изменить адрес и подключить Telegram.',
  'thanks.mineSend': 'Прислать ссылку на мою страницу',
  'closed.title': 'Приём ответов завершён',
  'closed.body':
    'Эта анкета больше не принимает ответы. Всё, что было сохранено раньше, у нас осталось. Если вы согласились на следующие анкеты, мы напишем, когда придёт время.',
  'kept.title': 'Приём ответов завершён, но ваши ответы у нас',
  'kept.body':
    'Анкета закрылась раньше, чем они до нас дошли. Мы сохранили их отдельно от остальных: войдут ли они в исследование, решат исследователи. Отправлять их ещё раз не нужно.',
  'finished.title': 'Вы уже ответили',
  'finished.body': 'Ваши ответы на эту анкету у нас, спасибо! Больше ничего делать не нужно.',
  'withdrawn.title': 'Вы вышли из исследования',
  'withdrawn.body':
    'По этой ссылке ответы больше не принимаются, и писать вам об этом исследовании мы не будем.',
  'crowd.title': 'Слишком много обращений сразу',
  'crowd.body':
    'Возможно, через тот же сетевой адрес, что и вы, выходят в интернет многие люди. Подождите минуту и попробуйте ещё раз: сохранённые ответы на месте.',
  'session.title': 'Откройте свою ссылку ещё раз',
  'session.body':
    'Ради вашей безопасности анкета закрывается, если её долго не трогать. Откройте личную ссылку из сообщения, в котором она пришла: сохранённые ответы на месте, и вы продолжите с того же места.',
  'link.title': 'Эта ссылка не открылась',
  'link.body':
    'Скорее всего, она скопирована не целиком или её заменила более новая. Откройте ссылку из последнего сообщения или вставьте её целиком сюда. С вашими ответами ничего не случилось.',
  'paste.label': 'Ваша личная ссылка',
  'paste.help': 'Скопируйте её целиком из сообщения, которое мы вам прислали.',
  'paste.open': 'Открыть анкету',
};

export type OutcomeKey = keyof typeof outcomesInRussian;

export const outcomesInEnglish: Record<OutcomeKey, string> = {
  documentTitle: 'Questionnaire',
  'thanks.title': 'Thank you. Your answers have arrived',
  'thanks.body':
    'We recorded your answers on {date}. There is nothing more to do, and we will not remind you about this questionnaire.',
  'thanks.receipt': 'Your receipt number',
  'thanks.receiptHelp':
    'Quote it if you ever want to ask us about these answers. The number itself says nothing about you.',
  'thanks.close': 'You can close this page.',
  'thanks.moved': 'Moving? Let us know',
  'thanks.mine': 'See, correct or erase all that we hold about you',
  'thanks.mineHelp':
    'So that nobody else can open the page, we will send a link to your mailbox. There you can also pause, change the address and connect Telegram.',
  'thanks.mineSend': 'Send me the link to my page',
  'closed.title': 'This questionnaire is closed',
  'closed.body':
    'It no longer takes answers. Whatever was saved before is still with us. If you agreed to further questionnaires, we will write when the next one is due.',
  'kept.title': 'The questionnaire has closed, but we have your answers',
  'kept.body':
    'It closed before they reached us. We have kept them apart from the others: the researchers decide whether they can still be counted. There is no need to send them again.',
  'finished.title': 'You have already answered',
  'finished.body': 'Your answers to this questionnaire are with us, thank you. There is nothing more to do.',
  'withdrawn.title': 'You have left the study',
  'withdrawn.body': 'This link takes no more answers, and we will not write to you about this study again.',
  'crowd.title': 'Too many requests at once',
  'crowd.body':
    'Many people may be using the same network address as you. Wait a minute and try again: your saved answers are still there.',
  'session.title': 'Please open your link again',
  'session.body':
    'For your safety the questionnaire closes when it is left alone for long. Open the personal link from the message it came in: your saved answers are in place, and you will continue where you stopped.',
  'link.title': 'This link did not open',
  'link.body':
    'Most likely it was not copied whole, or a newer one has replaced it. Open the link from the latest message, or paste the whole of it here. Nothing has happened to your answers.',
  'paste.label': 'Your personal link',
  'paste.help': 'Copy the whole of it from the message that we sent you.',
  'paste.open': 'Open the questionnaire',
};
