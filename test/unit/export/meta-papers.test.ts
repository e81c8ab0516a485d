import fc from 'fast-check';
import { citation } from '../../../src/export/meta/citation.js';
import { codebookHtml } from '../../../src/export/meta/codebook-html.js';
import { codebookJson, fileCodebookJson } from '../../../src/export/meta/codebook-json.js';
import { dataPackage } from '../../../src/export/meta/data-package.js';
import { ddiCodebook } from '../../../src/export/meta/ddi.js';
import { papersOf } from '../../../src/export/meta/papers.js';
import { type ReleaseDescription } from '../../../src/export/meta/release-description.js';
import { setupDo, stataText } from '../../../src/export/meta/setup-do.js';
import { setupPy } from '../../../src/export/meta/setup-py.js';
import { setupR } from '../../../src/export/meta/setup-r.js';
import { setupSps } from '../../../src/export/meta/setup-sps.js';
import { hostileText } from '../../make/hostile-text.js';
import { aRelease, asText, FILES, reasons, SEX } from '../../make/release-description.js';

interface Book {
  locales: string[];
  files: {
    file: string;
    key: string[];
    rows: number;
    variables: {
      name: string;
      filled: number;
      empty: number;
      values?: { code: number; label: Record<string, string>; count: number }[];
      missing: { code: number; stata: string; count: number }[];
      words?: unknown;
      statistics?: { n: number; mean: number };
      [more: string]: unknown;
    }[];
  }[];
  [more: string]: unknown;
}
const { release } = aRelease();
const digest = () => ({ bytes: 7, hash: 'ab' });
const ALL: Record<string, (of: ReleaseDescription) => Iterable<string>> = {
  'codebook.json': codebookJson,
  'codebook.html': (of) => codebookHtml(of),
  'codebook.xml': (of) => ddiCodebook(of),
  'datapackage.json': (of) => dataPackage(of, digest),
  'setup.do': (of) => setupDo(of),
  'setup.R': setupR,
  'setup.sps': (of) => setupSps(of),
  'setup.py': setupPy,
  'CITATION.cff': citation,
};

test.each(Object.entries(ALL))('%s is the same whenever and wherever it is written', (_name, write) => {
  const zone = process.env.TZ;
  try {
    const texts = ['Asia/Almaty', 'America/Los_Angeles'].map((TZ) => {
      process.env.TZ = TZ;
      return asText(write(aRelease().release));
    });
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]?.endsWith('\n')).toBe(true);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test.each(Object.entries(ALL))('%s can be written of a release without anything in it', (_name, write) => {
  const bare = aRelease([], {
    authors: [],
    waves: [],
    wording: [],
    leftOut: [],
    notPooled: [],
    rules: [],
    study: { id: 's', code: 's', title: {}, hostCountries: [] },
  }).release;
  expect(asText(write(bare))).not.toContain('undefined');
});

describe('codebook.json', () => {
  const book = JSON.parse(asText(codebookJson(release))) as Book;

  test('says what the release is, and has every column of every file in order', () => {
    expect(book).toMatchObject({
      study: 'new-russian-diasporas',
      release: 'nrd-1.0',
      madeOn: '2026-03-01',
      erasedSince: 1,
      notPooled: [{ variable: 'work' }],
      leftOut: [{ file: 'panel_wide' }],
    });
    expect(book.files.map(({ file, key, rows }) => [file, key, rows])).toEqual(
      FILES.map(({ name, key, rows }) => [name, key, rows.length]),
    );
    expect(book.files.map(({ variables }) => variables.map(({ name }) => name))).toEqual(
      FILES.map(({ columns }) => columns.map(({ name }) => name)),
    );
  });

  test('counts what stands in the cells', () => {
    for (const [index, { rows, columns }] of FILES.entries())
      for (const [position, { name }] of columns.entries()) {
        const cells = rows.map((row) => row[position]);
        const found = book.files[index]?.variables[position];
        expect([name, found?.empty]).toEqual([name, cells.filter((cell) => cell === null).length]);
        for (const { code, count } of [...(found?.values ?? []), ...(found?.missing ?? [])])
          expect([name, code, count]).toEqual([name, code, cells.filter((cell) => cell === code).length]);
      }
  });

  test('has the words of a variable, its wave, item, universe, reasons and statistics', () => {
    const [file] = book.files;
    expect(file?.variables.find(({ name }) => name === 'a_plans')).toMatchObject({
      label: { ru: 'Планы на год', en: 'Plans for the year' },
      question: { en: 'What are you going to do next year?' },
      concept: 'migration intentions',
      wave: 'a',
      item: 'plans',
      universe: { expression: '{age} >= 18', text: { en: 'Adults' } },
      missing: [{ stata: '.d' }, { stata: '.r' }, { stata: '.i', count: 1 }],
    });
    expect(file?.variables.find(({ name }) => name === 'a_income')?.statistics).toMatchObject({
      n: 3,
      mean: 676.75,
    });
    expect(file?.variables.find(({ name }) => name === 'a_hostcountry')?.words).toContainEqual({
      word: 'SRB',
      count: 2,
    });
    expect(file?.variables.find(({ name }) => name === 'a_words')).not.toHaveProperty('words');
  });

  test('texts stand in the order of the release’s languages, whatever order they came in', () => {
    const title = { en: 'Title', de: 'Titel', ru: 'Название' };
    const text = asText(codebookJson({ ...release, study: { ...release.study, title } }));
    expect(Object.keys((JSON.parse(text) as { title: object }).title)).toEqual(['ru', 'en', 'de']);
  });

  test('one file’s part, for inside of it, is the same part on one line', () => {
    const [file] = release.files;
    const text = fileCodebookJson(file!, release);
    expect(text).not.toContain('\n');
    expect(JSON.parse(text)).toMatchObject({ release: 'nrd-1.0', ...book.files[0] });
  });
});

describe('setup.do', () => {
  /** What Stata would read of a line: quoted texts left out, `$` and backticks of macros told apart from escaped ones. */
  function texts(line: string): string[] {
    const found: string[] = [];
    let rest = line;
    for (let from = rest.indexOf('`"'); from >= 0; from = rest.indexOf('`"')) {
      const to = rest.indexOf('"\'', from + 2);
      if (to < 0) throw new Error(`not closed: ${line}`);
      found.push(rest.slice(from + 2, to));
      rest = rest.slice(to + 2);
    }
    if (rest.includes('"\'')) throw new Error(`closed twice: ${line}`);
    return found;
  }

  test('no text ends its quotes, begins a comment or is taken for a macro', () => {
    const given = fc.oneof(
      hostileText,
      fc
        .array(fc.constantFrom('`', "'", '"', '$', '\\', '/', '*', '{', '}', 'a', ' ', '\n'), {
          maxLength: 12,
        })
        .map((all) => all.join('')),
    );
    fc.assert(
      fc.property(given, (text) => {
        const quoted = stataText(text);
        const [read, ...more] = texts(quoted);
        expect(more).toEqual([]);
        expect(read).not.toMatch(/`|\p{Cc}/u);
        expect(read).not.toMatch(/(^|[^\\])\$|\\\\\$/);
        expect(read).not.toMatch(/\/\*|\*\/|\/\//);
        expect(quoted).toBe(`\`"${read}"'`);
        if (/^[\p{L} ]*$/u.test(text)) expect(read).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('each line that labels has its quotes closed, and braces stand alone', () => {
    const lines = asText(setupDo(release)).split('\n');
    for (const line of lines) texts(line);
    const open = lines.filter((line) => line.endsWith('{')).length;
    expect(open).toBe(lines.filter((line) => line === '}').length);
    expect(open).toBe(FILES.length);
  });

  test('prefers .dta where it is there, and labels from CSV in both languages', () => {
    const text = asText(setupDo({ ...release, formats: ['csv', 'dta'] }));
    expect(text).toContain('if `dta\' use "a_indresp.dta", clear');
    expect(text).toContain("if `csv' label language en, new");
    expect(text).toContain("if `csv' quietly mvdecode a_balance, mv(-9999901=.d \\ -9999902=.r)");
    expect(text).toContain('    xtset pidp wave\n');
    expect(text).toContain('origin(time td(24feb2022))');
    expect(asText(setupDo({ ...release, formats: ['dta'] }))).not.toContain('import delimited');
    expect(asText(setupDo(release, (file) => file === 'moves.csv')).match(/^\* ---- .*/gm)).toEqual([
      '* ---- moves: Файл moves',
    ]);
  });

  test('a label is cut at a character', () => {
    const label = { ru: `${'а'.repeat(78)}👩‍👩‍👧‍👦конец`, en: 'short' };
    const { release: long } = aRelease([
      { name: 'x', key: ['pidp'], columns: [{ name: 'pidp', label }], rows: [[1]] },
    ]);
    expect(asText(setupDo(long))).toContain(`label variable pidp \`"${'а'.repeat(78)}"'`);
  });
});

test('setup.sps takes .sav, then .zsav, then CSV, and only files that are there', () => {
  const lines = (of: ReleaseDescription['formats'], isThere?: (file: string) => boolean) =>
    asText(setupSps({ ...release, formats: of }, isThere))
      .match(/^GET .*/gm)
      ?.map((line) => line.slice(0, 30));
  expect(lines(['csv', 'sav', 'zsav'])?.[0]).toBe('GET FILE="a_indresp.sav".');
  expect(lines(['csv', 'zsav'])?.[0]).toBe('GET FILE="a_indresp.zsav".');
  expect(lines(['csv'])?.[0]).toBe('GET DATA /TYPE=TXT /FILE="a_in');
  expect(lines(['sav'], (file) => file === 'moves.csv')).toEqual(['GET DATA /TYPE=TXT /FILE="move']);
});

test('datapackage.json: fields with types, categories, labelled missing values and keys; only files that are there', () => {
  const made = JSON.parse(
    asText(
      dataPackage(release, (file) => (file.startsWith('panel') ? undefined : { bytes: 12, hash: 'ef' })),
    ),
  ) as {
    resources: {
      name: string;
      bytes: number;
      hash: string;
      schema: { primaryKey: string[]; fields: { name: string }[] };
    }[];
  };
  expect(made.resources.map(({ name }) => name)).toEqual([
    'a_indresp',
    'b_indresp',
    'spell_residence',
    'moves',
  ]);
  const [first, , spells] = made.resources;
  expect(first).toMatchObject({
    path: 'a_indresp.csv',
    bytes: 12,
    hash: 'sha256:ef',
    schema: { primaryKey: ['pidp'] },
  });
  const field = (name: string) =>
    [...(first?.schema.fields ?? []), ...(spells?.schema.fields ?? [])].find((each) => each.name === name);
  expect(field('pidp')).toMatchObject({ type: 'integer', constraints: { required: true, unique: true } });
  expect(field('spell')).toMatchObject({ constraints: { required: true } });
  expect(field('a_sex')).toMatchObject({
    type: 'integer',
    title: 'Пол',
    description: 'Ваш пол?',
    categories: [
      { value: 1, label: 'Женский' },
      { value: 2, label: 'Мужской' },
    ],
    missingValues: [
      { value: '', label: 'Пусто' },
      { value: '-1', label: 'Не знает' },
      { value: '-2', label: 'Отказ от ответа' },
      { value: '-3' },
      { value: '-6' },
    ],
  });
  expect(field('a_income')).toMatchObject({ type: 'number' });
  expect(field('a_born')).toMatchObject({ type: 'date' });
  expect(field('movedin')).toMatchObject({ type: 'yearmonth' });
  expect(JSON.stringify(made)).not.toMatch(/licen/);
});

test('CITATION.cff: one line a value, each text as JSON writes it', () => {
  const title = { ru: 'Жизнь: "на новом" месте\n# не комментарий' };
  const lines = asText(citation({ ...release, study: { ...release.study, title } }))
    .trimEnd()
    .split('\n');
  const values = Object.fromEntries(
    lines
      .filter((line) => /^[a-z-]+: /.test(line))
      .map((line) => [line.split(': ')[0], JSON.parse(line.slice(line.indexOf(': ') + 2)) as string]),
  );
  expect(values).toMatchObject({
    'cff-version': '1.2.0',
    type: 'dataset',
    title: 'Жизнь: "на новом" месте # не комментарий (файл для научного использования, nrd-1.0)',
    version: '1.0',
    'date-released': '2026-03-01',
  });
  expect(lines).toContain('  - name: "Example, Anna"');
  expect(asText(citation({ ...release, authors: [] }))).toContain(
    'authors:\n  - name: "Жизнь на новом месте"',
  );
});

describe('codebook.xml', () => {
  test('ids are unique, references lead to them, and what XML has no place for is left out', () => {
    const label = { ru: 'a\0\x0b<b>&"\ud800\r]]>\ufffe', en: 'x' };
    const text = asText(
      ddiCodebook(
        aRelease([
          {
            name: 'x',
            key: ['pidp'],
            columns: [{ name: 'pidp', label, values: SEX, missing: reasons('dr') }],
            rows: [[1], [-1]],
          },
        ]).release,
      ),
    );
    expect(text).toContain('<labl xml:lang="ru">a&lt;b&gt;&amp;"&#13;]]&gt;</labl>');
    const all = asText(ddiCodebook(release));
    const ids = [...all.matchAll(/ ID="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = [...all.matchAll(/ (?:files|fileid)="([^"]*)"/g)].map(([, id]) => id);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('codes have their counts, reasons are missing, and both languages are there', () => {
    const text = asText(ddiCodebook(release));
    expect(text).toContain(
      '<catgry><catValu>2</catValu><labl xml:lang="ru">Мужской</labl><labl xml:lang="en">Male</labl><catStat type="freq">2</catStat></catgry>',
    );
    expect(text).toContain('<catgry missing="Y" missType=".r"><catValu>-2</catValu>');
    expect(text).toContain('<qstnLit xml:lang="en">What is your sex?</qstnLit>');
    expect(text).toContain('<sumStat type="mean">676.75</sumStat>');
  });
});

test.each([
  ['interviews of all waves', () => true, 'panel_long'],
  ['while there is one wave, its interviews', (name: string) => name !== 'panel_long', 'a_indresp'],
  ['where nobody was interviewed, the people', (name: string) => name === 'xwave', 'xwave'],
])('the scripts fetch, where no file is named, %s', (_, isThere, file) => {
  const { release: some } = aRelease(FILES.filter(({ name }) => isThere(name)));
  const papers = papersOf(some, () => undefined);
  const said = (name: string) => [...(papers.find((paper) => paper.file === name)?.content ?? [])].join('');
  expect(said('onward.R')).toContain(`function(file = "${file}"`);
  expect(said('onward.py')).toContain(`FILE, RELEASE, KIND = "${file}", "nrd-1.0", "SUF"`);
});
