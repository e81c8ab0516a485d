// A made-up study whose questionnaire has sixty simple items in Russian and English, a fifth of them behind routing.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../dist/src/kit/paths.node.js';

/** The study that the made-up one takes its countries, promises and letters from. */
export const REAL_STUDY = join(ROOT.surveys, 'new-russian-diasporas');

const PAGES = 10;
const ITEMS_A_PAGE = 6;
const CONSENTS = ['consent_take_part', 'consent_recontact', 'consent_email'];

const both = (en, ru) => ({ en, ru });
const choices = (count) =>
  Array.from({ length: count }, (_, at) => ({
    value: `answer_option_${at + 1}`,
    text: both(`Answer ${at + 1}`, `Ответ ${at + 1}`),
  }));
const yesNo = [
  { value: 'yes', text: both('Yes', 'Да') },
  { value: 'no', text: both('No', 'Нет') },
];

/** Of ten items five single choices, two scales, a number, a yes-or-no, and a text at every other turn. */
const kindOf = (number) => {
  switch (number % 10) {
    case 3:
    case 8:
      return { type: 'rating', rateMin: 0, rateMax: 10, rateCount: 11 };
    case 4:
      return { type: 'text', inputType: 'number', min: 0, max: 120 };
    case 6:
      return { type: 'boolean' };
    case 9:
      return number % 20 === 9
        ? { type: 'text', maxLength: 120 }
        : { type: 'radiogroup', choices: choices(7) };
    default:
      return { type: 'radiogroup', choices: choices(5), isRequired: number % 4 === 0 };
  }
};

const nameOf = (number) => CONSENTS[number] ?? `long_question_${String(number).padStart(2, '0')}`;

function itemOf(number) {
  const name = nameOf(number);
  const title = both(`Question ${number + 1} of the sixty`, `Вопрос ${number + 1} из шестидесяти`);
  if (number < CONSENTS.length) return { type: 'radiogroup', name, title, choices: yesNo, isRequired: true };
  // The first two after a multiple of five depend on the multiple before, which is a single choice.
  const decider = nameOf(number - (number % 5) - 5);
  const routed = number >= 15 && [1, 2].includes(number % 5);
  const routing = routed
    ? { visibleIf: `{${decider}} anyof ['answer_option_1', 'answer_option_2', 'answer_option_3']` }
    : {};
  return { name, title, ...kindOf(number), ...routing };
}

export const sixtyItems = () => ({
  title: both('Sixty items', 'Шестьдесят вопросов'),
  pages: Array.from({ length: PAGES }, (_, page) => ({
    name: `page${page + 1}`,
    title: both(`Part ${page + 1}`, `Часть ${page + 1}`),
    elements: Array.from({ length: ITEMS_A_PAGE }, (_, at) => itemOf(page * ITEMS_A_PAGE + at)),
  })),
});

/** Writes the made-up study as a folder that loads like any other. @returns the folder */
export async function writeSixtyItemStudy(parent) {
  const folder = join(parent, 'sixty-items');
  await mkdir(folder);
  await cp(join(REAL_STUDY, 'letters'), join(folder, 'letters'), { recursive: true });
  const real = JSON.parse(await readFile(join(REAL_STUDY, 'study.json'), 'utf8'));
  const study = {
    ...real,
    id: 'sixty-items',
    code: 'sixty',
    crucial: [nameOf(5), nameOf(20)],
    consents: real.consents.filter(({ item }) => CONSENTS.includes(item)),
    indicators: [{ ...real.indicators[0], items: [nameOf(5)] }],
    waves: [{ ...real.waves[0], id: 'a', questionnaire: 'a.json' }],
  };
  await writeFile(join(folder, 'study.json'), JSON.stringify(study));
  await writeFile(join(folder, 'a.json'), JSON.stringify(sixtyItems()));
  return folder;
}
