type Text = { en: string; ru: string };
const t = (en: string, ru: string): Text => ({ en, ru });
const choice = (value: string | number, en: string, ru: string, more: object = {}) => ({
  value,
  text: t(en, ru),
  ...more,
});

/** One transparent pixel: an image that needs no network. */
export const ONE_PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const countries = [
  choice('srb', 'Serbia', 'Сербия'),
  choice('kaz', 'Kazakhstan', 'Казахстан'),
  choice('isr', 'Israel', 'Израиль'),
];

const texts = {
  name: 'texts',
  title: t('Texts', 'Тексты'),
  section: t('Texts and numbers', 'Тексты и числа'),
  elements: [
    { type: 'text', name: 'city', title: t('City', 'Город'), maxLength: 40 },
    {
      type: 'text',
      name: 'age',
      title: t('Age in years', 'Возраст, полных лет'),
      inputType: 'number',
      min: 18,
      max: 110,
      isRequired: true,
    },
    { type: 'text', name: 'left_on', title: t('Date of leaving', 'Дата отъезда'), inputType: 'date' },
    { type: 'text', name: 'met_at', title: t('Met at', 'Время встречи'), inputType: 'datetime-local' },
    {
      type: 'text',
      name: 'moved_month',
      title: t('Month of the move', 'Месяц переезда'),
      inputType: 'month',
    },
    { type: 'text', name: 'mail', title: t('E-mail', 'Эл. почта'), inputType: 'email' },
    {
      type: 'text',
      name: 'income',
      title: t('Income', 'Доход'),
      maskType: 'numeric',
      maskSettings: { precision: 2, min: 0 },
    },
    {
      type: 'text',
      name: 'arrived_on',
      title: t('Date of arrival', 'Дата приезда'),
      maskType: 'datetime',
      maskSettings: { pattern: 'dd.mm.yyyy' },
    },
    {
      type: 'text',
      name: 'permit_number',
      title: t('Permit number', 'Номер разрешения'),
      maskType: 'pattern',
      maskSettings: { pattern: '99-99' },
    },
    {
      type: 'text',
      name: 'postcode',
      title: t('Postcode', 'Индекс'),
      validators: [
        { type: 'regex', regex: '^[0-9]{5,6}$', text: t('Five or six digits.', 'Пять или шесть цифр.') },
      ],
    },
    {
      type: 'comment',
      name: 'story',
      title: t('In your own words', 'Своими словами'),
      maxLength: 500,
      rows: 3,
    },
  ],
};

const singles = {
  name: 'singles',
  title: t('One answer', 'Один ответ'),
  elements: [
    {
      type: 'radiogroup',
      name: 'host_country',
      title: t('Where do you live?', 'Где вы живёте?'),
      concept: 'residence',
      sensitive: true,
      why: t('We compare host countries.', 'Мы сравниваем страны.'),
      choices: [
        choice('srb', 'Serbia', 'Сербия', { code: 688 }),
        choice('kaz', 'Kazakhstan', 'Казахстан', { code: 398 }),
        choice('isr', 'Israel', 'Израиль', { code: 376 }),
      ],
      showOtherItem: true,
      otherText: t('Another country', 'Другая страна'),
      showNoneItem: true,
      noneText: t('Nowhere for long', 'Нигде надолго'),
      showRefuseItem: true,
      refuseText: t('I prefer not to say', 'Не хочу отвечать'),
      showDontKnowItem: true,
      dontKnowText: t('I do not know', 'Не знаю'),
    },
    {
      type: 'radiogroup',
      name: 'work',
      title: t('What is your work?', 'Кем вы работаете?'),
      choices: [
        choice('employee', 'Employee', 'По найму'),
        choice('own', 'Own business', 'Своё дело', {
          showCommentArea: true,
          commentPlaceholder: t('Which?', 'Какое?'),
        }),
        choice('none_now', 'None at present', 'Сейчас не работаю'),
      ],
    },
    {
      type: 'radiogroup',
      name: 'inline_other',
      title: t('Which language at home?', 'На каком языке говорите дома?'),
      storeOthersAsComment: false,
      showOtherItem: true,
      otherText: t('Another', 'Другой'),
      choices: [choice('ru', 'Russian', 'Русский'), choice('tt', 'Tatar', 'Татарский')],
    },
    {
      type: 'dropdown',
      name: 'children',
      title: t('How many children?', 'Сколько детей?'),
      choices: [
        choice(0, 'None', 'Нет детей'),
        choice(1, 'One', 'Один'),
        choice(2, 'Two or more', 'Два и больше'),
      ],
      visibleIf: '{age} >= 20',
    },
    {
      type: 'dropdown',
      name: 'rooms',
      title: t('How many rooms?', 'Сколько комнат?'),
      choicesMin: 1,
      choicesMax: 6,
    },
    {
      type: 'buttongroup',
      name: 'mood',
      title: t('How is it going?', 'Как дела?'),
      choices: [choice('good', 'Well', 'Хорошо'), choice('bad', 'Badly', 'Плохо')],
    },
    {
      type: 'rating',
      name: 'trust',
      title: t('Trust in neighbours', 'Доверие к соседям'),
      rateMin: 0,
      rateMax: 10,
      rateCount: 11,
      minRateDescription: t('None', 'Нет'),
      maxRateDescription: t('Full', 'Полное'),
    },
    {
      type: 'rating',
      name: 'agree',
      title: t('Do you agree?', 'Согласны ли вы?'),
      rateValues: [
        choice('no', 'No', 'Нет'),
        choice('partly', 'Partly', 'Отчасти'),
        choice('yes', 'Yes', 'Да'),
      ],
    },
    { type: 'boolean', name: 'plans_move', title: t('Plans to move on?', 'Собираетесь ли вы переезжать?') },
    {
      type: 'boolean',
      name: 'has_permit',
      title: t('Has a permit?', 'Есть ли разрешение?'),
      valueTrue: 'has',
      valueFalse: 'lacks',
      labelTrue: t('I have', 'Есть'),
      labelFalse: t('I have not', 'Нет'),
    },
    {
      type: 'imagepicker',
      name: 'house',
      title: t('Which house?', 'Какой дом?'),
      choices: [
        choice('flat', 'Flat', 'Квартира', { imageLink: ONE_PIXEL }),
        choice('room', 'Room', 'Комната', { imageLink: ONE_PIXEL }),
      ],
    },
  ],
};

const several = {
  name: 'several',
  title: t('Several answers', 'Несколько ответов'),
  elements: [
    {
      type: 'checkbox',
      name: 'wish',
      title: t('Where would you move?', 'Куда бы вы переехали?'),
      choices: [
        choice('deu', 'Germany', 'Германия'),
        choice('usa', 'United States', 'США', { visibleIf: '{age} >= 21' }),
        choice('fra', 'France', 'Франция'),
      ],
      maxSelectedChoices: 3,
      showOtherItem: true,
      otherText: t('Elsewhere', 'В другое место'),
      showNoneItem: true,
      noneText: t('Nowhere', 'Никуда'),
      showRefuseItem: true,
      refuseText: t('I prefer not to say', 'Не хочу отвечать'),
      showDontKnowItem: true,
      dontKnowText: t('I do not know', 'Не знаю'),
    },
    {
      type: 'checkbox',
      name: 'help',
      title: t('Who helped you?', 'Кто вам помог?'),
      choices: [
        choice('friends', 'Friends', 'Друзья'),
        choice('group', 'A group', 'Сообщество', {
          showCommentArea: true,
          commentPlaceholder: t('Which?', 'Какое?'),
        }),
        choice('nobody', 'Nobody', 'Никто', { isExclusive: true }),
      ],
    },
    {
      type: 'checkbox',
      name: 'fruit',
      title: t('Which fruit?', 'Какие фрукты?'),
      valuePropertyName: 'fruit',
      choices: [choice(1, 'Apple', 'Яблоко'), choice(2, 'Pear', 'Груша')],
    },
    {
      type: 'tagbox',
      name: 'languages',
      title: t('Which languages?', 'Какими языками владеете?'),
      choices: [choice('hy', 'Armenian', 'Армянский'), choice('tr', 'Turkish', 'Турецкий')],
    },
    {
      type: 'imagepicker',
      name: 'houses',
      title: t('Which houses?', 'Какие дома?'),
      multiSelect: true,
      choices: [
        choice('old', 'Old', 'Старый', { imageLink: ONE_PIXEL }),
        choice('new', 'New', 'Новый', { imageLink: ONE_PIXEL }),
      ],
    },
    {
      type: 'imagemap',
      name: 'places',
      title: t('Which places?', 'Какие места?'),
      multiSelect: true,
      imageLink: ONE_PIXEL,
      areas: [
        choice('north', 'North', 'Север', { shape: 'rect', coords: '0,0,10,10' }),
        choice('south', 'South', 'Юг', { shape: 'rect', coords: '0,10,10,20' }),
      ],
    },
    {
      type: 'imagemap',
      name: 'place',
      title: t('Which place most?', 'Какое место чаще всего?'),
      multiSelect: false,
      imageLink: ONE_PIXEL,
      areas: [
        choice('east', 'East', 'Восток', { shape: 'rect', coords: '0,0,10,10' }),
        choice('west', 'West', 'Запад', { shape: 'rect', coords: '0,10,10,20' }),
      ],
    },
    {
      type: 'ranking',
      name: 'priorities',
      title: t('Order by importance', 'Расставьте по важности'),
      choices: [
        choice('work', 'Work', 'Работа'),
        choice('safety', 'Safety', 'Безопасность'),
        choice('family', 'Family', 'Семья'),
      ],
    },
    {
      type: 'ranking',
      name: 'top_values',
      title: t('Choose and order', 'Выберите и расставьте'),
      selectToRankEnabled: true,
      choices: [choice('freedom', 'Freedom', 'Свобода'), choice('order', 'Order', 'Порядок')],
    },
    {
      type: 'dropdown',
      name: 'first_wish',
      title: t('And first of all?', 'А прежде всего?'),
      choicesFromQuestion: 'wish',
      choicesFromQuestionMode: 'selected',
    },
  ],
};

const numbers = {
  name: 'numbers',
  title: t('Scales and lists', 'Шкалы и списки'),
  visibleIf: '{age} >= 18',
  elements: [
    { type: 'slider', name: 'effort', title: t('Effort', 'Усилия'), min: 0, max: 50, step: 5 },
    {
      type: 'slider',
      name: 'rent_range',
      title: t('Rent from and to', 'Аренда от и до'),
      sliderType: 'range',
      min: 0,
      max: 100,
      step: 1,
    },
    {
      type: 'multipletext',
      name: 'spending',
      title: t('Spending last month', 'Расходы за месяц'),
      items: [
        {
          name: 'food',
          title: t('Food', 'Еда'),
          inputType: 'number',
          validators: [{ type: 'numeric', minValue: 0 }],
        },
        { name: 'notes', title: t('Notes', 'Заметки'), maxLength: 30 },
      ],
    },
    {
      type: 'expression',
      name: 'double_age',
      title: t('Twice the age', 'Удвоенный возраст'),
      expression: '{age} * 2',
    },
    { type: 'html', name: 'note', html: t('Almost **there**.', 'Почти **всё**.') },
    { type: 'image', name: 'picture', imageLink: ONE_PIXEL, altText: t('A picture', 'Картинка') },
    {
      type: 'panel',
      name: 'if_moving',
      title: t('If you plan to move', 'Если собираетесь переезжать'),
      visibleIf: '{plans_move} = true',
      elements: [
        {
          type: 'text',
          name: 'months_left',
          title: t('In how many months?', 'Через сколько месяцев?'),
          inputType: 'number',
          min: 0,
          max: 60,
          requiredIf: '{trust} > 5',
          validators: [{ type: 'numeric', minValue: 0, maxValue: 60 }],
        },
        {
          type: 'radiogroup',
          name: 'steps',
          title: t('Steps taken?', 'Что уже сделано?'),
          visibleIf: '{months_left} < 12',
          choices: [choice(1, 'None', 'Ничего'), choice(2, 'Some', 'Кое-что')],
        },
      ],
    },
  ],
};

const matrices = {
  name: 'matrices',
  title: t('Tables', 'Таблицы'),
  elements: [
    {
      type: 'matrix',
      name: 'closeness',
      title: t('How close are you to…', 'Насколько вам близки…'),
      columns: [choice(1, 'Not', 'Не близки'), choice(2, 'Partly', 'Отчасти'), choice(3, 'Very', 'Очень')],
      rows: [
        choice('locals', 'Locals', 'Местные'),
        choice('stayed', 'Those who stayed', 'Оставшиеся', { visibleIf: '{age} > 20' }),
      ],
    },
    {
      type: 'matrix',
      name: 'media',
      title: t('Which media, when?', 'Какие медиа и когда?'),
      cellType: 'checkbox',
      columns: [choice('morning', 'Morning', 'Утром'), choice('evening', 'Evening', 'Вечером')],
      rows: [choice('tv', 'Television', 'Телевидение'), choice('net', 'Internet', 'Интернет')],
    },
    {
      type: 'matrixdropdown',
      name: 'jobs',
      title: t('Your jobs', 'Ваши работы'),
      cellType: 'dropdown',
      choices: [choice('yes', 'Yes', 'Да'), choice('no', 'No', 'Нет')],
      columns: [
        { name: 'paid', title: t('Paid?', 'Оплачивается?') },
        {
          name: 'hours',
          title: t('Hours', 'Часы'),
          cellType: 'text',
          inputType: 'number',
          min: 0,
          totalType: 'sum',
        },
        {
          name: 'tasks',
          title: t('Tasks', 'Задачи'),
          cellType: 'checkbox',
          choices: [choice('write', 'Writing', 'Тексты'), choice('code', 'Code', 'Код')],
        },
        { name: 'remote', title: t('Remote?', 'Удалённо?'), cellType: 'boolean' },
        { name: 'liking', title: t('Liking', 'Нравится ли'), cellType: 'rating', rateMax: 3, rateCount: 3 },
        {
          name: 'twice',
          title: t('Twice the hours', 'Вдвое больше часов'),
          cellType: 'expression',
          expression: '{row.hours} * 2',
        },
      ],
      rows: [choice('main', 'Main job', 'Основная'), choice('side', 'Side job', 'Подработка')],
      detailPanelMode: 'underRow',
      detailElements: [{ type: 'text', name: 'employer', title: t('Employer', 'Работодатель') }],
    },
    {
      type: 'matrixdynamic',
      name: 'trips',
      title: t('Trips', 'Поездки'),
      rowCount: 0,
      maxRowCount: 4,
      choices: countries,
      columns: [
        { name: 'destination', title: t('Country', 'Страна'), cellType: 'dropdown' },
        {
          name: 'nights',
          title: t('Nights', 'Ночей'),
          cellType: 'text',
          inputType: 'number',
          min: 1,
          max: 90,
          totalType: 'sum',
        },
        {
          name: 'purpose',
          title: t('Purpose', 'Цель'),
          cellType: 'checkbox',
          choices: [choice('visa', 'Visa run', 'Визаран'), choice('rest', 'Rest', 'Отдых')],
          visibleIf: '{row.nights} > 1',
        },
      ],
    },
    {
      type: 'paneldynamic',
      name: 'household',
      title: t('People you live with', 'С кем вы живёте'),
      maxPanelCount: 4,
      templateTitle: t('Person', 'Человек'),
      templateElements: [
        {
          type: 'radiogroup',
          name: 'relation',
          title: t('Who is it?', 'Кто это?'),
          isRequired: true,
          choices: [choice('partner', 'Partner', 'Партнёр'), choice('child', 'Child', 'Ребёнок')],
          showOtherItem: true,
          otherText: t('Somebody else', 'Кто-то ещё'),
        },
        {
          type: 'text',
          name: 'person_age',
          title: t('Age', 'Возраст'),
          inputType: 'number',
          min: 0,
          max: 110,
        },
        {
          type: 'checkbox',
          name: 'does',
          title: t('What do they do?', 'Чем занят этот человек?'),
          visibleIf: '{panel.person_age} > 3',
          choices: [choice('study', 'Study', 'Учится'), choice('work', 'Work', 'Работает')],
        },
        {
          type: 'paneldynamic',
          name: 'schools',
          title: t('Schools', 'Школы'),
          maxPanelCount: 2,
          visibleIf: "{panel.relation} = 'child'",
          templateElements: [{ type: 'text', name: 'school', title: t('Which school?', 'Какая школа?') }],
        },
      ],
    },
  ],
};

const files = {
  name: 'files',
  title: t('Files', 'Файлы'),
  elements: [
    { type: 'file', name: 'papers', title: t('Papers', 'Бумаги'), allowMultiple: true, maxSize: 1000 },
    { type: 'signaturepad', name: 'signed', title: t('Signature', 'Подпись') },
  ],
};

const questionnaire = (pages: object[]) => ({
  title: t('Every question type', 'Все типы вопросов'),
  locale: 'en',
  calculatedValues: [{ name: 'adult', expression: 'iif({age} >= 18, 1, 0)', includeIntoResult: true }],
  pages,
});

/** A questionnaire with every built-in question type that the platform fields, in Russian and English. */
export const everyQuestionType = (): object =>
  structuredClone(questionnaire([texts, singles, several, numbers, matrices]));

/** The same with file and signaturepad, which the codebook knows and the lint refuses. */
export const everyQuestionTypeWithFiles = (): object =>
  structuredClone(questionnaire([texts, singles, several, numbers, matrices, files]));
