import { outcomesInEnglish, outcomesInRussian } from './outcome-texts.js';
import { speaker, type Sentences } from './say.js';

/** What the questionnaire in the browser says around the questions. Kept apart from the pages: it travels in the bundle. */
const russian = {
  ...outcomesInRussian,
  'app.languages': 'Язык анкеты',
  'app.exit': 'Быстрый выход',
  'app.minutesLeft': {
    one: 'Осталась примерно {count} минута',
    few: 'Осталось примерно {count} минуты',
    many: 'Осталось примерно {count} минут',
    other: 'Осталось примерно {count} минуты',
  },
  'app.lastMinute': 'Осталось меньше минуты',
  'app.back': 'Назад',
  'app.next': 'Дальше',
  'app.toCheck': 'Проверить ответы',
  'app.backToCheck': 'Вернуться к проверке',
  'app.why': 'Почему мы спрашиваем',
  'app.refuse': 'Не хочу отвечать',
  'app.section': 'Вопросы',
  'app.resumed':
    'Вы продолжаете с того места, где остановились. Ответы, данные раньше, сохранены; ради вашей безопасности мы их здесь не показываем.',
  'save.ready': 'Ответы сохраняются сами',
  'save.saving': 'Сохраняем…',
  'save.saved': 'Сохранено {time}',
  'save.offline': 'Нет сети — сохраним, когда появится',
  'save.busy': 'Пока не сохраняется — пробуем ещё раз',
  'save.refused': 'Этот ответ не сохранён — посмотрите подсказку рядом с ним',
  'save.tooLarge': 'Ответ слишком длинный и не сохранён — сократите его, пожалуйста',
  'conflict.title': 'Анкета открыта ещё где-то',
  'conflict.body':
    'В другой вкладке или на другом устройстве сохранены более новые ответы. Выберите, какие оставить: сами мы ничего не заменим.',
  'conflict.newer': 'Загрузить новые ответы оттуда',
  'conflict.mine': 'Оставить ответы отсюда',
  'check.title': 'Проверьте ответы',
  'check.body': 'Пока вы не отправили анкету, всё можно изменить. После отправки ответы будут записаны.',
  'check.earlier': 'Ответы, данные раньше, тоже будут отправлены; здесь мы их не показываем.',
  'check.answered': {
    one: '{answered} из {count} вопроса',
    few: '{answered} из {count} вопросов',
    many: '{answered} из {count} вопросов',
    other: '{answered} из {count} вопроса',
  },
  'check.noAnswer': 'Без ответа',
  'check.change': 'Изменить',
  'check.changeItem': 'Изменить ответ: {item}',
  'check.send': 'Отправить ответы',
  'check.sending': 'Отправляем…',
  'check.offline': 'Нет сети. Не закрывайте страницу: отправим, как только сеть появится.',
  'check.busy': 'Сервер пока не отвечает. Не закрывайте страницу: мы пробуем ещё раз.',
  'check.refused': 'Анкета ещё не отправлена: один из ответов нужно поправить. Мы открыли страницу с ним.',
  'check.finding': 'Такой ответ не получилось принять. Проверьте его, пожалуйста.',
  'check.refusedElsewhere':
    'Анкета ещё не отправлена: сервер не смог принять ответы. Они сохранены. Попробуйте отправить ещё раз чуть позже.',
  'load.opening': 'Открываем анкету…',
  'load.offline': 'Нет сети. Мы откроем анкету, как только сеть появится.',
  'load.busy': 'Анкета пока не открывается. Мы пробуем ещё раз.',
  'load.retry': 'Попробовать сейчас',
};

export type AppTextKey = keyof typeof russian;

const english: Sentences<AppTextKey> = {
  ...outcomesInEnglish,
  'app.languages': 'Language of the questionnaire',
  'app.exit': 'Quick exit',
  'app.minutesLeft': { one: 'About {count} minute left', other: 'About {count} minutes left' },
  'app.lastMinute': 'Less than a minute left',
  'app.back': 'Back',
  'app.next': 'Next',
  'app.toCheck': 'Check the answers',
  'app.backToCheck': 'Back to the check',
  'app.why': 'Why we ask',
  'app.refuse': 'I’d rather not answer',
  'app.section': 'Questions',
  'app.resumed':
    'You continue where you stopped. The answers that you gave earlier are saved; for your safety we do not show them here.',
  'save.ready': 'Answers are saved as you go',
  'save.saving': 'Saving…',
  'save.saved': 'Saved at {time}',
  'save.offline': 'No network — we will save when it is back',
  'save.busy': 'Not saved yet — trying again',
  'save.refused': 'This answer is not saved — see the hint beside it',
  'save.tooLarge': 'The answer is too long and is not saved — please shorten it',
  'conflict.title': 'The questionnaire is open elsewhere',
  'conflict.body':
    'Newer answers were saved in another tab or on another device. Choose which to keep: we replace nothing by ourselves.',
  'conflict.newer': 'Load the newer answers',
  'conflict.mine': 'Keep the answers from here',
  'check.title': 'Check your answers',
  'check.body': 'Until you send the questionnaire you can change everything. Sending records your answers.',
  'check.earlier': 'The answers that you gave earlier will be sent too; we do not show them here.',
  'check.answered': { one: '{answered} of {count} question', other: '{answered} of {count} questions' },
  'check.noAnswer': 'No answer',
  'check.change': 'Change',
  'check.changeItem': 'Change the answer: {item}',
  'check.send': 'Send the answers',
  'check.sending': 'Sending…',
  'check.offline': 'No network. Keep this page open: we will send as soon as it is back.',
  'check.busy': 'The server does not respond yet. Keep this page open: we are trying again.',
  'check.refused': 'The questionnaire is not sent yet: an answer needs a correction. We opened its page.',
  'check.finding': 'This answer could not be taken. Please look at it again.',
  'check.refusedElsewhere':
    'The questionnaire is not sent yet: the server could not take the answers. They are saved. Please try to send again a little later.',
  'load.opening': 'Opening the questionnaire…',
  'load.offline': 'No network. We will open the questionnaire as soon as it is back.',
  'load.busy': 'The questionnaire does not open yet. We are trying again.',
  'load.retry': 'Try now',
};

/** A sentence around the questions: `sayInApp('ru', 'save.saved', { time: '14:02' })`. */
export const sayInApp = speaker<AppTextKey>({ ru: russian, en: english });
