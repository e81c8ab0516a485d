import { MOVE_CLASSES, type MoveClass } from '../residence/move.js';
import { type Dating, type FedOutcome } from '../residence/spell.js';
import { type Precision } from '../residence/stated.js';

/** Words of the database with those of the codebook; a word's position, from 1, is its code. */
type Word<W extends string> = readonly { word: W; en: string; ru: string }[];

export const PRECISION_WORDS: Word<Precision> = [
  { word: 'day', en: 'Day', ru: 'День' },
  { word: 'month', en: 'Month', ru: 'Месяц' },
  { word: 'season', en: 'Season', ru: 'Время года' },
  { word: 'year', en: 'Year, or less exactly', ru: 'Год или ещё приблизительнее' },
];
export const DATING_WORDS: Word<Dating> = [
  {
    word: 'stated',
    en: 'Earliest month that the person’s date allows',
    ru: 'Самый ранний месяц, который допускает названная дата',
  },
  {
    word: 'bounded',
    en: 'Later, as what else is known excludes the earlier months',
    ru: 'Позже: более ранние месяцы исключены другими сведениями',
  },
  {
    word: 'undated',
    en: 'No date given: the month in which it is known at the latest',
    ru: 'Дата не названа: месяц, в котором это уже известно',
  },
];
export const OUTCOME_WORDS: Word<FedOutcome> = [
  { word: 'confirmed', en: 'Confirmed', ru: 'Подтверждено' },
  { word: 'changed', en: 'Changed since', ru: 'С тех пор изменилось' },
  { word: 'disputed', en: 'Disputed: it was never right', ru: 'Оспорено: было неверно и прежде' },
  { word: 'not_shown', en: 'Not shown', ru: 'Не показано' },
];
const CLASSES: Record<MoveClass, { en: string; ru: string }> = {
  host_to_eu: { en: 'From a host country to the EU', ru: 'Из страны пребывания в Евросоюз' },
  host_to_us: { en: 'From a host country to the US', ru: 'Из страны пребывания в США' },
  host_to_host: { en: 'From one host country to another', ru: 'Из одной страны пребывания в другую' },
  return_to_russia: { en: 'Return to Russia', ru: 'Возвращение в Россию' },
  to_other: { en: 'Elsewhere', ru: 'В другое место' },
};

/** In the order of the codes: 1 host to EU, 2 host to US, 3 host to host, 4 return, 5 elsewhere. */
export const CLASS_WORDS: Word<MoveClass> = MOVE_CLASSES.map((word) => ({ word, ...CLASSES[word] }));
