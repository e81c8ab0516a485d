import { type Sentences } from './say.js';

/** What respondents can say about messages: put a survey off, pause, stop, and ask for a new link. */
export const messagesInRussian = {
  'later.title': 'Когда вам напомнить?',
  'later.lead': 'Напомним один раз, днём по вашему времени. Начать можно и раньше, по той же ссылке.',
  'later.closesSoonTitle': 'Опрос скоро закрывается',
  'later.closesSoon': 'Напомнить о нём мы уже не успеем. Можно ответить сейчас или взять паузу.',
  'later.tomorrow': 'Завтра',
  'later.three-days': 'Через три дня',
  'later.week': 'Через неделю',
  'later.pause': 'Пауза на месяц: не писать мне ничего до {date}',
  'later.back': 'Вернуться и начать',
  'later.send': 'Готово',
  'later.doneTitle': 'Хорошо, мы это учли',
  'later.doneTomorrow': 'Мы напомним об опросе завтра, если он ещё будет открыт для вас.',
  'later.doneThreeDays': 'Мы напомним об опросе через три дня, если он ещё будет открыт для вас.',
  'later.doneWeek':
    'Мы напомним об опросе через неделю, если он ещё будет открыт для вас. Если он закроется раньше, напомним до закрытия.',
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
  'stop.lead': 'Выбор действует только там, куда пришло сообщение: на почте или в Telegram.',
  'stop.all': 'Все: ничего больше сюда не присылать',
  'stop.wave': 'Только об этом опросе',
  'stop.survey': 'Приглашения к опросам и напоминания; короткие проверки связи оставить',
  'stop.check-in': 'Короткие проверки связи; приглашения к опросам и напоминания оставить',
  'stop.send': 'Остановить',
  'stop.doneTitle': 'Сообщения остановлены',
  'stop.doneAll':
    'Сюда больше ничего не придёт, кроме того, что уже в пути. Новую ссылку мы пришлём, только если вы сами о ней попросите.',
  'stop.doneWave': 'Об этом опросе больше ничего не придёт, кроме того, что уже в пути.',
  'stop.doneSurvey':
    'Приглашения к опросам и напоминания больше не придут, кроме тех, что уже в пути. Короткие проверки связи остаются.',
  'stop.doneCheckIn':
    'Короткие проверки связи больше не придут, кроме тех, что уже в пути. Приглашения к опросам и напоминания остаются.',
  'stop.links':
    'Ссылки из прежних сообщений действуют: пока опрос открыт, ответить на него можно и без напоминаний.',
  'stop.eraseTitle': 'Это ничего не удаляет',
  'stop.erase':
    'Остановка сообщений не затрагивает ваши ответы и контакты. Посмотреть их, исправить или стереть можно на вашей странице.',
  'stop.undo': 'Вернуть эти сообщения',
  'stop.undoneTitle': 'Сообщения снова будут приходить',
  'stop.undone': 'Остановка отменена. Если раньше вы останавливали что-то ещё, это остаётся в силе.',
  'stop.again': 'Остановить другие сообщения',
  'ask.title': 'Получить новую ссылку',
  'ask.body': 'Укажите адрес почты, на который вам приходили наши письма, и мы пришлём туда новую ссылку.',
  'ask.label': 'Адрес электронной почты',
  'ask.fault': 'Это не похоже на адрес почты. Проверьте, нет ли в нём опечатки.',
  'ask.send': 'Прислать ссылку',
  'ask.doneTitle': 'Проверьте почту',
  'ask.done':
    'Если этот адрес есть в нашем списке, скоро на него придёт новая ссылка. Обычно это занимает несколько минут. Загляните и в папку со спамом.',
  'ask.sameForAll':
    'На любой адрес мы отвечаем одинаково, поэтому посторонние не узнают, кто есть в нашем списке.',
  'ask.againTitle': 'Ничего не пришло?',
  'ask.again': 'Возможно, у нас записан другой ваш адрес. Попробуйте его.',
  'ask.help': 'Если и это не поможет, ответьте на любое наше прежнее письмо: его прочитает человек.',
};

export type MessageKey = keyof typeof messagesInRussian;

export const messagesInEnglish: Sentences<MessageKey> = {
  'later.title': 'When shall we remind you?',
  'later.lead':
    'We will remind you once, in the daytime where you are. You can start sooner, too, with the same link.',
  'later.closesSoonTitle': 'The survey closes soon',
  'later.closesSoon': 'It is too late for a reminder. You can answer it now, or take a pause.',
  'later.tomorrow': 'Tomorrow',
  'later.three-days': 'In three days',
  'later.week': 'In a week',
  'later.pause': 'A pause of a month: send me nothing until {date}',
  'later.back': 'Go back and start',
  'later.send': 'Done',
  'later.doneTitle': 'All right, noted',
  'later.doneTomorrow': 'We will remind you of the survey tomorrow, if it is still open to you.',
  'later.doneThreeDays': 'We will remind you of the survey in three days, if it is still open to you.',
  'later.doneWeek':
    'We will remind you of the survey in a week, if it is still open to you. If it closes sooner, we will remind you before it does.',
  'later.donePause': 'We will not write to you until {date}. The survey may close in the meantime.',
  'later.change':
    'You can start, or choose another time, at any moment with the same link. Saved answers stay in place.',
  'later.most': {
    one: 'We remind people of one survey at their own request {count} time at most.',
    other: 'We remind people of one survey at their own request {count} times at most.',
  },
  'stop.title': 'Which messages should we stop?',
  'stop.lead': 'Your choice holds only where the message arrived: by e-mail, or on Telegram.',
  'stop.all': 'All: send nothing more here',
  'stop.wave': 'Only those about this survey',
  'stop.survey': 'Invitations to surveys and reminders; keep the short check-ins',
  'stop.check-in': 'Short check-ins; keep the invitations to surveys and reminders',
  'stop.send': 'Stop them',
  'stop.doneTitle': 'Messages are stopped',
  'stop.doneAll':
    'Nothing more will come here, except what is already on its way. We will send a new link only if you ask for one yourself.',
  'stop.doneWave': 'Nothing more will come about this survey, except what is already on its way.',
  'stop.doneSurvey':
    'No more invitations to surveys or reminders will come, except those already on their way. Short check-ins stay.',
  'stop.doneCheckIn':
    'No more short check-ins will come, except those already on their way. Invitations to surveys and reminders stay.',
  'stop.links':
    'The links in earlier messages still work: while a survey is open, you can answer it without reminders.',
  'stop.eraseTitle': 'This erases nothing',
  'stop.erase':
    'Stopping messages leaves your answers and contacts as they are. You can see, correct or erase them on a page of your own.',
  'stop.undo': 'Send these messages again',
  'stop.undoneTitle': 'Messages will come again',
  'stop.undone': 'We have taken your choice back. Anything else that you stopped earlier stays stopped.',
  'stop.again': 'Stop other messages',
  'ask.title': 'Get a new link',
  'ask.body': 'Give the e-mail address at which our messages reached you, and we will send a new link there.',
  'ask.label': 'E-mail address',
  'ask.fault': 'This does not look like an e-mail address. Please check it for a slip.',
  'ask.send': 'Send the link',
  'ask.doneTitle': 'Check your mail',
  'ask.done':
    'If this address is in our list, a new link will come to it soon. It usually takes a few minutes. Look into the spam folder, too.',
  'ask.sameForAll': 'Every address gets this same answer, so nobody else can find out who is in our list.',
  'ask.againTitle': 'Nothing has come?',
  'ask.again': 'Perhaps we have another address of yours. Try that one.',
  'ask.help': 'If that does not help either, reply to any earlier e-mail of ours: a person will read it.',
};
