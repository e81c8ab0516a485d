type Answers = Record<string, unknown>;

/** A member at a follow-up wave: what earlier waves know of them, what they answer now, and what follows from it. */
export interface Person {
  prev: Answers;
  answers: Answers;
  /** The present country, and 0 no move, 1 a move elsewhere than wished for, 2 a move as wished for. */
  expects: { home: string; wish_met: number };
  /** Most minutes it may take: more for several unknown or corrected places. */
  minutes: number;
}

const fed = (item: string, value: string, text: string, wave = 'a'): Answers => ({
  [item]: value,
  [`${item}_text`]: text,
  [`${item}_when`]: 'в мае 2026 года',
  [`${item}_wave`]: wave,
});

const KNOWN: Answers = {
  place: 'SRB',
  place_text: 'Белград, Сербия',
  place_when: 'в мае 2026 года',
  place_class: 'host',
  interview_when: 'в мае 2026 года',
  spells: [
    { sp_country: 'GEO', sp_year: 2022, sp_month: 'mar' },
    { sp_country: 'SRB', sp_region: 'Белград', sp_year: 2022, sp_month: 'autumn' },
  ],
  ...fed('legal_status', 'business', 'ВНЖ или виза через своё дело'),
  ...fed('work_strategy', 'remote_ru', 'Удалённая работа на работодателя в России'),
  ...fed('init_has', 'no', 'Нет'),
  ...fed('lang_local', 'simple', 'Простые бытовые разговоры'),
  ...fed('onward_wish', 'eu', 'В одной из стран Евросоюза'),
};

const CONFIRMS: Answers = {
  consent_take_part: 'yes',
  res_same: 'same',
  legal_status: 'business',
  work_strategy: 'remote_ru',
  init_same: 'same',
  lang_local: 'simple',
  onward_wish: 'eu',
  onward_plan: 'undecided',
  consent_recontact: 'yes',
};

const CHANGES: Answers = {
  legal_status: 'temporary',
  work_strategy: 'local',
  init_same: 'changed',
  init_has: 'thinking',
  lang_local: 'most',
};

const stayer: Person = {
  prev: KNOWN,
  answers: CONFIRMS,
  expects: { home: 'SRB', wish_met: 0 },
  minutes: 9,
};

/** Members with the histories that every follow-up wave must fit. */
export const PEOPLE = {
  stayer,
  changer: { ...stayer, answers: { ...CONFIRMS, ...CHANGES, onward_wish: 'here' } },
  founder: { ...stayer, prev: { ...KNOWN, ...fed('init_has', 'now', 'Да, оно существует и сейчас') } },
  mover: {
    ...stayer,
    answers: {
      ...CONFIRMS,
      ...CHANGES,
      res_same: 'moved',
      country: 'DEU',
      spells: [{ sp_country: 'DEU', sp_region: 'Берлин', sp_year: 2026, sp_month: 'oct' }],
      onward_wish: 'here',
      onward_plan: 'no',
    },
    expects: { home: 'DEU', wish_met: 2 },
  },
  returner: {
    ...stayer,
    answers: {
      ...CONFIRMS,
      res_same: 'moved',
      country: 'RUS',
      spells: [{ sp_country: 'RUS', sp_year: 2026, sp_month: 'summer' }],
      leave_plan: 'undecided',
    },
    expects: { home: 'RUS', wish_met: 1 },
  },
  settler: {
    ...stayer,
    prev: {
      ...KNOWN,
      place: 'DEU',
      place_text: 'Берлин, Германия',
      place_class: 'eu',
      ...fed('onward_wish', 'here', 'Там же, где сейчас', 'b'),
    },
    answers: { ...CONFIRMS, onward_wish: 'here', onward_plan: 'no' },
    expects: { home: 'DEU', wish_met: 0 },
  },
  /** Left waves out, moved twice meanwhile, and does not remember the month. */
  skipper: {
    prev: { ...KNOWN, place_when: 'в ноябре 2025 года', interview_when: 'в ноябре 2025 года' },
    answers: {
      ...CONFIRMS,
      ...CHANGES,
      res_same: 'moved',
      country: 'KAZ',
      spells: [
        { sp_country: 'TUR', sp_year: 2026, sp_month: 'feb' },
        { sp_country: 'KAZ', sp_year: 2026, sp_month: 'dontknow' },
      ],
    },
    expects: { home: 'KAZ', wish_met: 1 },
    minutes: 9.5,
  },
  /** The record says Belgrade; it was Kazakhstan all the time, so nobody moved. */
  wronged: {
    prev: KNOWN,
    answers: {
      ...CONFIRMS,
      res_same: 'wrong',
      country: 'KAZ',
      spells_fix: [
        { sp_country: 'GEO', sp_year: 2022, sp_month: 'mar' },
        { sp_country: 'KAZ', sp_year: 2022, sp_month: 'autumn' },
      ],
    },
    expects: { home: 'KAZ', wish_met: 0 },
    minutes: 9.5,
  },
  /** Left everything blank that could be fed. */
  unknown: {
    prev: {},
    answers: { ...CONFIRMS, country: 'ARM', init_has: 'no', spells: [{ sp_country: 'ARM', sp_year: 2022 }] },
    expects: { home: 'ARM', wish_met: 0 },
    minutes: 9,
  },
} satisfies Record<string, Person>;

export type PersonName = keyof typeof PEOPLE;
