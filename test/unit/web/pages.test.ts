import { assetsOf } from '../../../src/web/server/assets.js';
import { interviewPage } from '../../../src/web/server/interview-page.js';
import { html } from '../../../src/web/server/page.js';
import { type StartPage, startPage } from '../../../src/web/server/start-page.js';
import { thanksPage } from '../../../src/web/server/thanks-page.js';
import { type Trouble, troublePage } from '../../../src/web/server/trouble-page.js';

const assets = assetsOf({
  'respond/plain.css': { file: 'assets/plain-1.css' },
  'server/staff.css': { file: 'assets/staff-1.css' },
  'respond/start.ts': { file: 'assets/start-1.js' },
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
    minutes: [12, 15],
    locale: 'ru',
    locales: ['ru', 'en'],
    paths: { session: '/respond/session', locales: { ru: '/go/s/a/ru', en: '/go/s/a/en' } },
    assets,
    ...changes,
  });

const everyPage = (locale: string): string[] => [
  aStartPage({ locale }),
  interviewPage({ locale, assets }),
  thanksPage({ locale, receipt: 'R-1', submittedOn: '2026-03-05', assets }),
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
  it.each(['link', 'session'] satisfies Trouble[])('offers to paste another link: %s', (kind) => {
    expect(troublePage({ kind, locale: 'en', sessionPath: '/respond/session', assets })).toContain(
      'name="link"',
    );
  });

  it.each(['closed', 'finished', 'withdrawn'] satisfies Trouble[])(
    'asks for no link where none helps: %s',
    (kind) => {
      expect(troublePage({ kind, locale: 'en', sessionPath: '/respond/session', assets })).not.toContain(
        '<form',
      );
    },
  );
});

describe('thanksPage', () => {
  it('shows the receipt and the day as it was stored, in no time zone', () => {
    const page = thanksPage({ locale: 'ru', receipt: 'R<1', submittedOn: '2026-03-05', assets });
    expect(page).toContain('R&lt;1');
    expect(page).toContain('5 марта 2026');
  });
});

describe('assetsOf', () => {
  it('names the missing entry when the build is older than the code', () => {
    expect(() => assetsOf({})).toThrow('respond/plain.css');
  });
});
