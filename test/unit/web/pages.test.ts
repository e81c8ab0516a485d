import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { REMIND_CHOICES } from '../../../src/contact/remind.js';
import { STOP_CHOICES } from '../../../src/contact/stop.js';
import { deriveTables } from '../../../src/questionnaire/variable/variables.js';
import { isMonthWord } from '../../../src/residence/stated.js';
import { parseStudyFile } from '../../../src/study/study.js';
import { askLinkPage, linkAskedPage } from '../../../src/web/server/ask-link-page.js';
import { assetsOf } from '../../../src/web/server/assets.js';
import { failurePage, studyOf } from '../../../src/web/server/failure-page.js';
import { interviewPage } from '../../../src/web/server/interview-page.js';
import { type LaterPage, laterNotedPage, laterPage } from '../../../src/web/server/later-page.js';
import {
  countriesCoded,
  MONTHS,
  type MoveReported,
  moveSaid,
  offerOf,
  readMove,
  SEASONS,
} from '../../../src/web/server/moved-form.js';
import { type MovedPage, movedPage, moveNotedPage } from '../../../src/web/server/moved-page.js';
import { html } from '../../../src/web/server/page.js';
import { type StartPage, startPage } from '../../../src/web/server/start-page.js';
import { stoppedPage, stopPage, undonePage } from '../../../src/web/server/stop-page.js';
import { type Trouble, troublePage } from '../../../src/web/server/trouble-page.js';
import { say } from '../../../src/web/shared/texts.js';

const assets = assetsOf({
  'respond/plain.css': { file: 'assets/plain-1.css' },
  'server/staff.css': { file: 'assets/staff-1.css' },
  'console/staff.ts': { file: 'assets/staff-1.js' },
  'respond/start.ts': { file: 'assets/start-1.js' },
  'respond/mine.ts': { file: 'assets/mine-1.js' },
  'respond/respond.tsx': { file: 'assets/respond-1.js', css: ['assets/respond-1.css'], imports: ['_x.js'] },
  '_x.js': { file: 'assets/x-1.js' },
});

const aStartPage = (changes: Partial<StartPage> = {}) =>
  startPage({
    study: {
      title: 'A <study> & "more"',
      who: 'A group',
      promises: [1, 2, 3].map((n) => ({ title: `Promise ${n}`, text: `Kept ${n}.` })),
    },
    code: 'nrd',
    minutes: [12, 15],
    locale: 'ru',
    locales: ['ru', 'en'],
    paths: {
      session: '/respond/session',
      later: '/respond/later',
      mine: '/mine/link?lang=ru',
      locales: { ru: '/go/s/a/ru', en: '/go/s/a/en' },
    },
    assets,
    ...changes,
  });

const surveyFile = (name: string): object =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../surveys/new-russian-diasporas', name), 'utf8'),
  ) as object;
const TODAY = '2026-04-11';
const coded = countriesCoded(deriveTables(surveyFile('keep-in-touch.json')).variables);
const offer = offerOf(parseStudyFile(surveyFile('study.json')), [...coded.keys()], TODAY);

const aMovedPage = (changes: Partial<MovedPage> = {}) => {
  const locale = changes.locale ?? 'ru';
  return movedPage({
    path: '/respond/moved',
    locale,
    locales: ['ru', 'en'],
    offer,
    nameOf: (country) => coded.get(country)?.[locale] ?? country,
    said: moveSaid(undefined),
    faults: [],
    assets,
    ...changes,
  });
};

const aNotedPage = (place: MoveReported, locale = 'ru', canGoOn = false) =>
  moveNotedPage({ locale, place, countryName: 'A <country>', canGoOn, assets });

const PATH = '/stop/ru/token';
const aLaterPage = (changes: Partial<LaterPage> = {}) =>
  laterPage({
    locale: 'ru',
    token: 'a-token',
    study: 'nrd',
    choices: REMIND_CHOICES,
    pauseUntil: '2026-04-01',
    assets,
    ...changes,
  });

const everyPage = (locale: string): string[] => [
  aLaterPage({ locale }),
  ...REMIND_CHOICES.map((choice) => laterNotedPage({ locale, choice, pauseUntil: '2026-04-01', assets })),
  stopPage({ locale, path: PATH, assets }),
  ...STOP_CHOICES.map((choice) => stoppedPage({ locale, path: PATH, choice, assets })),
  undonePage({ locale, path: PATH, assets }),
  askLinkPage({ locale, study: 'nrd', address: 'x', fault: true, assets }),
  linkAskedPage({ locale, study: undefined, assets }),
  aStartPage({ locale }),
  interviewPage({ locale, assets }),
  aMovedPage({ locale }),
  aMovedPage({ locale, faults: [{ field: 'country', key: 'moved.faultCountry' }] }),
  aNotedPage({ country: 'DEU' }, locale),
  ...(['link', 'session', 'closed', 'finished', 'withdrawn'] satisfies Trouble[]).map((kind) =>
    troublePage({ kind, locale, sessionPath: '/respond/session', assets }),
  ),
];

describe('html', () => {
  it('escapes every value for content and for quoted attributes', () => {
    expect(String(html`<p title="${'"\'>'}">${'<b>&'}</p>`)).toBe(
      '<p title="&quot;&#39;&gt;">&lt;b&gt;&amp;</p>',
    );
  });

  it('takes its own markup as it is, joins lists, and leaves nothing for what is absent', () => {
    const items = ['a', '<'].map((item) => html`<i>${item}</i>`);
    expect(String(html`<b>${items}${false}${null}${undefined}${0}</b>`)).toBe('<b><i>a</i><i>&lt;</i>0</b>');
  });
});

describe.each(['ru', 'en'])('respondents’ pages in %s', (locale) => {
  it.each(everyPage(locale).map((page, at) => [at, page] as const))(
    'page %i runs under a strict content policy and names no foreign host',
    (_, page) => {
      expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
      for (const [, attributes = ''] of page.matchAll(/<script([^>]*)>/g))
        expect(attributes).toContain('src="/assets/');
      expect(page).not.toMatch(/(?:src|href|action)="(?!\/(?!\/)|data:,)/);
      expect(page).toContain(`<html lang="${locale}" dir="ltr">`);
    },
  );

  it('keeps the study’s name out of the title, which browsers remember', () => {
    for (const page of everyPage(locale)) {
      expect(/<title>(.*)<\/title>/.exec(page)?.[1]).toBe(locale === 'ru' ? 'Анкета' : 'Questionnaire');
    }
  });
});

describe('startPage', () => {
  it('escapes what the study says', () => {
    expect(aStartPage()).toContain('A &lt;study&gt; &amp; &quot;more&quot;');
  });

  it('tells who asks, the three promises and the minutes', () => {
    const page = aStartPage();
    expect(page).toContain('A group');
    expect(page.match(/Kept \d\./g)).toEqual(['Kept 1.', 'Kept 2.', 'Kept 3.']);
    expect(page).toContain('От 12 до 15 минут.');
    expect(aStartPage({ minutes: [21, 21], locale: 'ru' })).toContain('Около 21 минуты.');
  });

  it('offers in the same form to be reminded later, and tells the study where it leads', () => {
    const page = aStartPage();
    expect(page).toMatch(
      /<form[\s\S]*<button class="secondary" type="submit" formaction="\/respond\/later">[\s\S]*Не сейчас — напомнить[\s\S]*<\/form>/,
    );
    expect(page).toContain('name="study" value="nrd"');
  });

  it('posts the token, the language and, without scripts, the pasted link', () => {
    const page = aStartPage();
    expect(page).toContain('method="post"');
    expect(page).toContain('action="/respond/session"');
    expect(page).toContain('name="token" value=""');
    expect(page).toContain('name="locale" value="ru"');
    expect(/<noscript>[\s\S]*name="link"[\s\S]*<\/noscript>/.test(page)).toBe(true);
    expect(page.match(/name="link"/g)).toHaveLength(2);
    expect(page.match(/\sdisabled\s/g)).toHaveLength(1);
  });

  it('links the other language so that the script can carry the fragment over', () => {
    expect(aStartPage()).toMatch(/<a href="\/go\/s\/a\/en"[^>]*data-keeps-fragment/);
    expect(aStartPage({ locales: ['ru'] })).not.toContain('data-keeps-fragment');
  });

  it('fetches the questionnaire while it is read', () => {
    const page = aStartPage();
    for (const file of ['respond-1.js', 'x-1.js']) {
      expect(page).toContain(`<link rel="modulepreload" href="/assets/${file}" />`);
    }
    expect(page).toContain('<link rel="prefetch" as="style" href="/assets/respond-1.css" />');
  });
});

describe('troublePage', () => {
  const trouble = (kind: Trouble, study?: string) =>
    troublePage({ kind, locale: 'en', sessionPath: '/respond/session', study, assets });

  it.each(['link', 'session'] satisfies Trouble[])('offers to paste another link: %s', (kind) => {
    expect(trouble(kind)).toContain('name="link"');
  });

  it.each(['link', 'session', 'closed'] satisfies Trouble[])('offers to ask for a new link: %s', (kind) => {
    expect(trouble(kind)).toMatch(/action="\/respond\/link"[\s\S]*name="address"/);
    expect(trouble(kind)).not.toContain('name="study"');
    expect(trouble(kind, 'nrd')).toContain('name="study" value="nrd"');
  });

  it('asks for no link where it would be refused again', () => {
    expect(trouble('closed')).not.toContain('name="link"');
  });

  it.each(['finished', 'withdrawn'] satisfies Trouble[])(
    'asks for nothing where nothing helps: %s',
    (kind) => {
      expect(trouble(kind)).not.toContain('<form');
    },
  );
});

describe('failurePage', () => {
  const ASKED = { code: 'access.link_unknown', title: '', detail: '' };

  it('carries the study on to where a new link is asked for', () => {
    expect(failurePage(ASKED, 'ru', assets, 'nrd')).toContain('name="study" value="nrd"');
    expect(failurePage(ASKED, 'ru', assets)).not.toContain('name="study"');
  });

  it.each([
    [{ url: '/respond/session', body: { study: 'nrd' } }, 'nrd'],
    [{ url: '/go/nrd/z/ru' }, 'nrd'],
    [{ url: '/go/nrd?x=1' }, 'nrd'],
    [{ url: '/respond/session', body: { study: ['nrd'] } }, undefined],
    [{ url: '/respond/session', body: { study: '"><b>' } }, undefined],
    [{ url: '/respond/', body: null }, undefined],
  ])('reads the study from the form or the address: %j', (request, code) => {
    expect(studyOf(request)).toBe(code);
  });
});

describe('laterPage', () => {
  it('keeps token and study in the form, chooses nothing by itself, and names the end of a pause', () => {
    const page = aLaterPage();
    expect(page).toContain('name="token" value="a-token"');
    expect(page).toContain('name="study" value="nrd"');
    expect(page).not.toContain('checked');
    expect(
      [...page.matchAll(/type="radio" name="choice" value="([\w-]+)"/g)].map(([, value]) => value),
    ).toEqual(['tomorrow', 'three-days', 'week', 'pause']);
    expect(page).toContain('не писать мне ничего до 1 апреля 2026');
  });

  it('says so where the survey closes before any reminder', () => {
    expect(aLaterPage({ choices: ['pause'] })).toContain('Опрос скоро закрывается');
    expect(aLaterPage()).not.toContain('Опрос скоро закрывается');
  });

  it('tells how often people are reminded, in the right plural', () => {
    const noted = (locale: string) =>
      laterNotedPage({ locale, choice: 'week', pauseUntil: '2026-04-01', assets });
    expect(noted('ru')).toContain('не больше 5 раз.');
    expect(noted('en')).toContain('5 times at most');
    expect(say('ru', 'later.most', { count: 1 })).toContain('не больше 1 раза.');
  });
});

describe('stopPage', () => {
  it('stops everything unless another choice is made', () => {
    const page = stopPage({ locale: 'ru', path: PATH, assets });
    expect(page).toContain(`<form class="card" method="post" action="${PATH}">`);
    expect(page.match(/name="choice"/g)).toHaveLength(4);
    expect(page.match(/value="all"\s+checked/g)).toHaveLength(1);
    expect(page.match(/checked/g)).toHaveLength(1);
  });

  it.each(STOP_CHOICES)(
    'offers to take back just what was stopped, and says where answers are erased: %s',
    (choice) => {
      const page = stoppedPage({ locale: 'en', path: PATH, choice, assets });
      expect(page).toContain(`action="${PATH}/undo"`);
      expect(page).toContain(`name="choice" value="${choice}"`);
      expect(page).toContain('This erases nothing');
      expect(page).toContain('href="/mine/link?lang=en"');
    },
  );
});

describe('askLinkPage', () => {
  it('keeps a faulty address, escaped, and says at the field what is wrong', () => {
    const page = askLinkPage({ locale: 'en', study: undefined, address: '"<b>', fault: true, assets });
    expect(page).toContain('value="&quot;&lt;b&gt;"');
    expect(page).toContain('aria-describedby="address-fault"');
    expect(page).not.toContain('name="study"');
  });
});

describe('movedPage', () => {
  it('offers every country that the questionnaire codes once, the study’s own destinations first', () => {
    const page = aMovedPage();
    const codes = [...page.matchAll(/<option value="([A-Z]{3})"/g)].map(([, code]) => code);
    expect(codes.length).toBe(coded.size);
    expect(new Set(codes).size).toBe(coded.size);
    const usual = /<optgroup label="Чаще всего">([\s\S]*?)<\/optgroup>/.exec(page)?.[1] ?? '';
    for (const country of ['SRB', 'DEU', 'USA', 'RUS']) expect(usual).toContain(`value="${country}"`);
    expect(usual).not.toContain('value="GBR"');
    const names = [...usual.matchAll(/>([^<>]+)<\/option>/g)].map(([, name]) => name ?? '');
    expect(names).toEqual([...names].sort(new Intl.Collator('ru').compare));
  });

  it('offers months and seasons that the residence module knows, and the years since people left', () => {
    for (const word of [...MONTHS, ...SEASONS]) expect(isMonthWord(word)).toBe(true);
    expect(offer.years).toEqual([2026, 2025, 2024, 2023, 2022]);
    const page = aMovedPage();
    for (const words of ['Январь', 'Декабрь', 'Зимой, в начале года', '2026'])
      expect(page).toContain(`>${words}</option>`);
  });

  it('keeps what was filled in, escaped, and says at each field what to put right', () => {
    const page = aMovedPage({
      said: { country: 'DEU', region: '"<b>', year: '2026', month: 'may' },
      faults: [{ field: 'month', key: 'moved.faultFuture' }],
    });
    expect(page).toContain('value="&quot;&lt;b&gt;"');
    for (const value of ['DEU', '2026', 'may']) expect(page).toContain(`<option value="${value}" selected>`);
    expect(page.match(/ selected>/g)).toHaveLength(3);
    expect(page).toContain('id="month-fault"');
    expect(page.match(/aria-invalid/g)).toHaveLength(1);
    expect(page).not.toContain('hreflang');
  });

  it('is at most 12 kB compressed, so that style and page together keep within 15', () => {
    for (const locale of ['ru', 'en'])
      expect(gzipSync(aMovedPage({ locale })).length).toBeLessThanOrEqual(12_000);
  });
});

describe('moveNotedPage', () => {
  it.each([
    [{ country: 'DEU' }, 'ru', 'Не указано'],
    [{ country: 'DEU', year: 2026 }, 'ru', 'В 2026 году'],
    [{ country: 'DEU', year: 2026, month: 'feb' }, 'ru', 'Февраль 2026'],
    [{ country: 'DEU', year: 2025, month: 'spring' }, 'ru', 'Весной 2025 года'],
    [{ country: 'DEU', year: 2025, month: 'winter' }, 'en', 'In winter, early in 2025'],
    [{ country: 'DEU', year: 2025, month: 'oct' }, 'en', 'October 2025'],
  ] satisfies [MoveReported, string, string][])('says of %j in %s when it was', (place, locale, words) => {
    expect(aNotedPage(place, locale)).toContain(words);
  });

  it('escapes what was stored, and leads back only to a questionnaire that waits', () => {
    const page = aNotedPage({ country: 'DEU', region: '<b>' });
    expect(page).toContain('&lt;b&gt;');
    expect(page).toContain('A &lt;country&gt;');
    expect(page).not.toContain('href="/respond/');
    expect(aNotedPage({ country: 'DEU' }, 'ru', true)).toContain('href="/respond/?lang=ru"');
    expect(aNotedPage({ country: 'DEU' })).not.toContain('Город');
  });
});

describe('readMove', () => {
  const read = (said: object) => readMove(moveSaid(said), offer, TODAY);
  const fields = (said: object) => {
    const found = read(said);
    return 'faults' in found ? found.faults.map(({ field, key }) => `${field} ${key}`) : [];
  };

  it('takes a country alone, and what else is known', () => {
    expect(read({ country: 'DEU', region: ' ', year: '', month: '' })).toEqual({ place: { country: 'DEU' } });
    expect(read({ country: 'DEU', region: ' Берлин ', year: '2026', month: 'apr' })).toEqual({
      place: { country: 'DEU', region: 'Берлин', year: 2026, month: 'apr' },
    });
    expect(fields({ country: 'DEU', year: '2026', month: 'spring' })).toEqual([]);
  });

  it('finds all that is to be put right at once', () => {
    expect(fields({ country: 'ATA', region: 'x'.repeat(121), month: 'may' })).toEqual([
      'country moved.faultCountry',
      'region moved.faultRegion',
      'year moved.faultMonthAlone',
    ]);
    expect(fields({ country: 'DEU', year: '2026', month: 'summer' })).toEqual(['month moved.faultFuture']);
    expect(fields({ country: 'DEU', year: '2027' })).toEqual(['year moved.faultYear']);
    expect(fields({ country: 'DEU', year: '2026.5' })).toEqual(['year moved.faultYear']);
    expect(fields({ country: { $ne: '' }, year: [] })).toEqual(['country moved.faultCountry']);
  });
});

describe('assetsOf', () => {
  it('names the missing entry when the build is older than the code', () => {
    expect(() => assetsOf({})).toThrow('respond/plain.css');
  });
});
