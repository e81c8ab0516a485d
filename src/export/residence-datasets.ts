import {
  coded,
  type Column,
  type Dataset,
  date,
  month,
  number,
  orMissing,
  PIDP,
  sourceWave,
  text,
  yesNo,
} from './column.js';
import { CLASS_WORDS, DATING_WORDS, OUTCOME_WORDS, PRECISION_WORDS } from './residence-words.js';

/** Where members lived, and their moves between countries: what stands now, after every correction. */
export const residenceDatasets = (): Dataset[] => [SPELLS, MOVES];

/** Months since December 2021: January 2022 is 1. */
const monthNumber = (day: string): string =>
  `((extract(year FROM ${day})::int - 2022) * 12 + extract(month FROM ${day})::int)`;

const datingColumns = (): Column[] => [
  coded(
    'precision',
    't.precision',
    { en: 'How exactly the arrival was dated', ru: 'Точность даты приезда' },
    PRECISION_WORDS,
  ),
  coded(
    'dating',
    't.dating',
    { en: 'Where the month of arrival comes from', ru: 'Как определён месяц приезда' },
    DATING_WORDS,
  ),
];

const SPELLS: Dataset = {
  file: 'spell_residence.csv',
  label: {
    en: 'Residence spells as they stand now, without overlap; months without a known place are gaps',
    ru: 'Периоды проживания, как они известны теперь, без наложений; месяцы без известного места — пробелы',
  },
  key: ['pidp', 'spell'],
  columns: [
    PIDP,
    number('spell', 't.nr', {
      en: 'Number of the spell, in the order of time',
      ru: 'Номер периода по порядку времени',
    }),
    text('country', 't.country', { en: 'Country (ISO 3166-1 alpha-3)', ru: 'Страна (ISO 3166-1 alpha-3)' }),
    text('region', 't.region', {
      en: 'City or region as written; empty where none was given',
      ru: 'Город или регион, как написано; пусто, если не указан',
    }),
    month('movedin', 't.moved_in_on', {
      en: 'Month of moving in (YYYY-MM)',
      ru: 'Месяц приезда (ГГГГ-ММ)',
    }),
    month('movedout', 't.moved_out_on', {
      en: 'Month of moving out (YYYY-MM), the first that is not lived here; empty while the spell is open',
      ru: 'Месяц отъезда (ГГГГ-ММ), первый месяц не здесь; пусто, пока период не окончен',
    }),
    number(
      'begin_m',
      monthNumber('t.moved_in_on'),
      {
        en: 'First month of the spell; January 2022 is 1, earlier months are 0 and below',
        ru: 'Первый месяц периода; январь 2022 года — 1, более ранние месяцы — 0 и меньше',
      },
      { negatives: true },
    ),
    number(
      'end_m',
      `CASE WHEN t.moved_out_on IS NULL THEN greatest(${monthNumber('t.moved_in_on')}, ${monthNumber('coalesce(t.last_confirmed_on, t.moved_in_on)')})
            ELSE ${monthNumber('t.moved_out_on')} - 1 END`,
      {
        en:
          'Last month of the spell, inclusive, counted as begin_m; of an open spell the last month in which it is known (censored). ' +
          'Below begin_m where someone came and left in one month: such a spell holds no month of a sequence',
        ru:
          'Последний месяц периода включительно, в счёте begin_m; у неоконченного — последний месяц, о котором известно (цензурирован). ' +
          'Меньше begin_m, если приезд и отъезд пришлись на один месяц: такой период не занимает месяца в последовательности',
      },
      { negatives: true },
    ),
    yesNo('open', 't.moved_out_on IS NULL', {
      en: 'The spell is open: the person is not known to have left',
      ru: 'Период не окончен: об отъезде не известно',
    }),
    ...datingColumns(),
    text('basis', 't.legal_basis', {
      en: 'Legal basis of the stay, as chosen; empty where none was given',
      ru: 'Основание пребывания, как выбрано; пусто, если не указано',
    }),
    sourceWave('t.letter'),
    coded(
      'ffout',
      't.fed_forward',
      {
        en: 'What became of the spell when it was last shown to the person',
        ru: 'Что стало с периодом, когда его в последний раз показали человеку',
      },
      OUTCOME_WORDS,
    ),
    date('confirmedon', 't.last_confirmed_on', {
      en: 'Last day on which the person said that they lived, or had lived, here',
      ru: 'Последний день, когда человек сообщил, что живёт или жил здесь',
    }),
    number(
      'gapafter_m',
      orMissing(`${monthNumber('t.next_in_on')} - ${monthNumber('t.moved_out_on')}`, 'inapplicable'),
      {
        en: 'Months of which no place is known before the next spell; 0 for none. Inapplicable where no later spell is known',
        ru: 'Месяцев без известного места до следующего периода; 0 — таких нет. Неприменимо, если следующий период не известен',
      },
      { missing: ['inapplicable'] },
    ),
  ],
  from: `
    (SELECT p.pidp, s.*, w.letter, lead(s.moved_in_on) OVER one AS next_in_on, row_number() OVER one AS nr
     FROM export_pidp p
     JOIN residence_spell s ON s.member_id = p.member_id AND s.until_nr IS NULL
     LEFT JOIN wave w ON w.id = s.source_wave_id
     WINDOW one AS (PARTITION BY p.pidp ORDER BY s.moved_in_on, s.moved_out_on NULLS LAST, s.since_nr, s.seq)
     ORDER BY p.pidp, nr OFFSET 0) AS t`,
};

const MOVES: Dataset = {
  file: 'moves.csv',
  label: {
    en: 'Moves between countries that the residence spells imply; leaving Russia is none',
    ru: 'Переезды между странами, которые следуют из периодов проживания; отъезд из России не считается',
  },
  key: ['pidp', 'move'],
  columns: [
    PIDP,
    number('move', 't.nr', {
      en: 'Number of the move, in the order of time',
      ru: 'Номер переезда по порядку времени',
    }),
    text('from_country', 't.from_country', {
      en: 'Country that was left (ISO 3166-1 alpha-3)',
      ru: 'Откуда (ISO 3166-1 alpha-3)',
    }),
    text('to_country', 't.to_country', {
      en: 'Country of arrival (ISO 3166-1 alpha-3)',
      ru: 'Куда (ISO 3166-1 alpha-3)',
    }),
    month('month', 't.moved_on', {
      en: 'Month of arrival (YYYY-MM)',
      ru: 'Месяц приезда (ГГГГ-ММ)',
    }),
    number(
      'month_m',
      monthNumber('t.moved_on'),
      {
        en: 'Month of arrival; January 2022 is 1, earlier months are 0 and below',
        ru: 'Месяц приезда; январь 2022 года — 1, более ранние месяцы — 0 и меньше',
      },
      { negatives: true },
    ),
    coded(
      'class',
      't.class',
      {
        en: 'Class of the move; the EU as it was in that month',
        ru: 'Вид переезда; состав Евросоюза — того месяца',
      },
      CLASS_WORDS,
    ),
    month('notbefore', 't.not_before_on', {
      en: 'First month in which they may have left (YYYY-MM): before the arrival where a gap lies between',
      ru: 'Первый месяц возможного отъезда (ГГГГ-ММ): раньше приезда, если между ними пробел',
    }),
    ...datingColumns(),
    sourceWave('t.letter'),
  ],
  from: `
    (SELECT p.pidp, s.*, w.letter, row_number() OVER (PARTITION BY p.pidp ORDER BY s.moved_on, s.seq) AS nr
     FROM export_pidp p
     JOIN residence_move s ON s.member_id = p.member_id
     LEFT JOIN wave w ON w.id = s.source_wave_id
     ORDER BY p.pidp, nr OFFSET 0) AS t`,
};
