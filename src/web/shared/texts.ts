import { outcomesInEnglish, outcomesInRussian } from './outcome-texts.js';
import { speaker, type Sentences } from './say.js';

/** What the pages that the server renders for respondents say. The questionnaire's own words are in `app-texts.ts`. */
const russian = {
  ...outcomesInRussian,
  'page.languages': 'Язык анкеты',
  'start.who': 'Кто спрашивает',
  'start.promises': 'Что мы обещаем',
  'start.time': 'Сколько это займёт',
  'start.minutes': {
    one: 'От {from} до {count} минуты.',
    few: 'От {from} до {count} минут.',
    many: 'От {from} до {count} минут.',
    other: 'От {from} до {count} минут.',
  },
  'start.minutesExactly': {
    one: 'Около {count} минуты.',
    few: 'Около {count} минут.',
    many: 'Около {count} минут.',
    other: 'Около {count} минут.',
  },
  'start.pause':
    'Прерваться можно в любой момент: ответы сохраняются сразу, и по той же ссылке вы продолжите с того же места.',
  'start.refuse': 'На любой вопрос можно не отвечать.',
  'start.begin': 'Начать',
  'start.opening': 'Открываем анкету…',
  'start.offline': 'Похоже, нет сети. Проверьте соединение и нажмите «Начать» ещё раз.',
  'interview.loading': 'Загружаем вопросы…',
  'interview.noScriptTitle': 'Браузер не запускает скрипты',
  'interview.noScript':
    'Вопросы меняются в зависимости от ответов, поэтому без JavaScript анкета не работает. Все скрипты приходят только с этого сайта. Включите JavaScript для этой страницы и обновите её или откройте свою ссылку в другом браузере. Сохранённые ответы никуда не денутся.',
};

export type TextKey = keyof typeof russian;

const english: Sentences<TextKey> = {
  ...outcomesInEnglish,
  'page.languages': 'Language of the questionnaire',
  'start.who': 'Who is asking',
  'start.promises': 'What we promise',
  'start.time': 'How long it takes',
  'start.minutes': { one: '{from} to {count} minute.', other: '{from} to {count} minutes.' },
  'start.minutesExactly': { one: 'About {count} minute.', other: 'About {count} minutes.' },
  'start.pause':
    'You can stop at any moment: answers are saved at once, and the same link brings you back to the same place.',
  'start.refuse': 'You may leave any question unanswered.',
  'start.begin': 'Start',
  'start.opening': 'Opening the questionnaire…',
  'start.offline': 'There seems to be no network. Check your connection and press “Start” again.',
  'interview.loading': 'Loading the questions…',
  'interview.noScriptTitle': 'Your browser does not run scripts',
  'interview.noScript':
    'The questions depend on your answers, so the questionnaire does not work without JavaScript. All of its scripts come from this site only. Allow JavaScript for this page and reload it, or open your link in another browser. Your saved answers stay where they are.',
};

/** A sentence of the respondents' pages: `say('ru', 'start.minutes', { from: 12, count: 15 })`. */
export const say = speaker<TextKey>({ ru: russian, en: english });
