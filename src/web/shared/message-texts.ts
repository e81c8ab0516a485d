import { type Sentences } from './say.js';

/** What respondents can say about messages: put a survey off, pause, stop, and ask for a new link. */
export const messagesInRussian = {
  'later.title': 'Когда вам напомнить?',
  'later.lead': 'Напомним один раз, днём по вашему времени. Начать можно и раньше, по той же ссылке.',
  'later.closesSoon':
    'Опрос скоро закрывается, поэтому отложить его уже не получится. Можно ответить сейчас.',
  'later.tomorrow': 'Завтра',
  'later.three-days': 'Через три дня',
  'later.week': 'Через неделю',
  'later.pause': 'Пауза на месяц: не писать мне ничего до {date}',
  'later.send': 'Готово',
  'later.doneTitle': 'Хорошо, мы это учли',
  'later.doneTomorrow': 'Если опрос к тому времени ещё открыт для вас, мы напомним о нём завтра.',
  'later.doneThreeDays': 'Если опрос к тому времени ещё открыт для вас, мы напомним о нём через три дня.',
  'later.doneWeek':
    'Если опрос к тому времени ещё открыт для вас, мы напомним о нём через неделю. Если он закроется раньше, напомним до закрытия.',
  'later.donePause': 'До {date} мы вам писать не будем. Опрос за это время может закрыться.',
  'later.change':
    'Начать или выбрать другой срок можно в любой момент по той же ссылке. Сохранённые ответы остаются на месте.',
  'later.most': {
    one: 'По просьбе мы напоминаем об одном опросе не больше {count} раза.',
    few: 'По просьбе мы напоминаем об одном опросе не больше {count} раз.',
    many: 'По просьбе мы напоминаем об одном опросе не больше {count} раз.',
    other: 'По просьбе мы напоминаем об одном опросе не больше {count} раза.',
  },
  'stop.title': 'Какие сообщения остановить?',
  'stop.lead':
    'Выбор касается только того места, куда пришло сообщение: вашей почты или вашего Телеграма. Ваши ответы останутся у нас.',
  'stop.all': 'Все: ничего больше сюда не присылать',
  'stop.wave': 'Только об этом опросе',
  'stop.survey': 'Приглашения к опросам и напоминания; короткие проверки связи остаются',
  'stop.check-in': 'Короткие проверки связи; приглашения к опросам и напоминания остаются',
  'stop.send': 'Остановить',
  'stop.doneTitle': 'Сообщения остановлены',
  'stop.doneAll': 'Сюда больше ничего не придёт, кроме того, что уже в пути.',
  'stop.doneWave': 'Об этом опросе больше ничего не придёт, кроме того, что уже в пути.',
  'stop.doneSurvey':
    'Приглашения к опросам и напоминания больше не придут, кроме тех, что уже в пути. Короткие проверки связи остаются.',
  'stop.doneCheckIn':
    'Короткие проверки связи больше не придут, кроме тех, что уже в пути. Приглашения к опросам и напоминания остаются.',
  'stop.eraseTitle': 'Это ничего не удаляет',
  'stop.erase':
    'Ваши ответы и контакты остаются у нас. Чтобы мы их стёрли, ответьте на любое наше письмо и попросите об этом.',
  'stop.undo': 'Вернуть эти сообщения',
  'stop.undoneTitle': 'Сообщения снова будут приходить',
  'stop.undone': 'То, что было остановлено, мы вернули.',
  'stop.again': 'Остановить другие сообщения',
  'ask.title': 'Получить новую ссылку',
  'ask.body': 'Укажите адрес почты, на который вам приходили наши письма, и мы пришлём туда новую ссылку.',
  'ask.label': 'Адрес электронной почты',
  'ask.fault': 'Это не похоже на адрес почты. Проверьте, нет ли в нём опечатки.',
  'ask.send': 'Прислать ссылку',
  'ask.doneTitle': 'Проверьте почту',
  'ask.done':
    'Если этот адрес есть в нашем списке, новая ссылка уже в пути. Обычно она приходит за несколько минут. Загляните и в папку со спамом.',
  'ask.againTitle': 'Ничего не пришло?',
  'ask.again': 'Возможно, у нас записан другой ваш адрес. Попробуйте его.',
};

export type MessageKey = keyof typeof messagesInRussian;

export const messagesInEnglish: Sentences<MessageKey> = {
  'later.title': 'When shall we remind you?',
  'later.lead':
    'We will remind you once, in the daytime where you are. You can start sooner, too, with the same link.',
  'later.closesSoon': 'The survey closes soon, so it can no longer be put off. You can answer it now.',
  'later.tomorrow': 'Tomorrow',
  'later.three-days': 'In three days',
  'later.week': 'In a week',
  'later.pause': 'A pause of a month: send me nothing until {date}',
  'later.send': 'Done',
  'later.doneTitle': 'All right, noted',
  'later.doneTomorrow': 'If the survey is still open to you then, we will remind you of it tomorrow.',
  'later.doneThreeDays': 'If the survey is still open to you then, we will remind you of it in three days.',
  'later.doneWeek':
    'If the survey is still open to you then, we will remind you of it in a week. If it closes sooner, we will remind you before it does.',
  'later.donePause': 'We will not write to you until {date}. The survey may close in the meantime.',
  'later.change':
    'You can start, or choose another time, at any moment with the same link. Saved answers stay in place.',
  'later.most': {
    one: 'We remind people of one survey at their own request {count} time at most.',
    other: 'We remind people of one survey at their own request {count} times at most.',
  },
  'stop.title': 'Which messages should we stop?',
  'stop.lead':
    'Your choice concerns only the place where the message arrived: your e-mail or your Telegram. Your answers stay with us.',
  'stop.all': 'All: send nothing more here',
  'stop.wave': 'Only those about this survey',
  'stop.survey': 'Invitations to surveys and reminders; short check-ins stay',
  'stop.check-in': 'Short check-ins; invitations to surveys and reminders stay',
  'stop.send': 'Stop them',
  'stop.doneTitle': 'Messages are stopped',
  'stop.doneAll': 'Nothing more will come here, except what is already on its way.',
  'stop.doneWave': 'Nothing more will come about this survey, except what is already on its way.',
  'stop.doneSurvey':
    'No more invitations to surveys or reminders will come, except those already on their way. Short check-ins stay.',
  'stop.doneCheckIn':
    'No more short check-ins will come, except those already on their way. Invitations to surveys and reminders stay.',
  'stop.eraseTitle': 'This erases nothing',
  'stop.erase':
    'Your answers and contacts stay with us. To have them erased, reply to any of our e-mails and ask for it.',
  'stop.undo': 'Send these messages again',
  'stop.undoneTitle': 'Messages will come again',
  'stop.undone': 'What was stopped is back as it was.',
  'stop.again': 'Stop other messages',
  'ask.title': 'Get a new link',
  'ask.body': 'Give the e-mail address at which our messages reached you, and we will send a new link there.',
  'ask.label': 'E-mail address',
  'ask.fault': 'This does not look like an e-mail address. Please check it for a slip.',
  'ask.send': 'Send the link',
  'ask.doneTitle': 'Check your mail',
  'ask.done':
    'If this address is in our list, a new link is on its way. It usually arrives within a few minutes. Look into the spam folder, too.',
  'ask.againTitle': 'Nothing has come?',
  'ask.again': 'Perhaps we have another address of yours. Try that one.',
};
