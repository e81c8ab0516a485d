import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { source as axeSource } from 'axe-core';
import fc from 'fast-check';
import { dtaBytes } from '../../src/export/dta/dta.js';
import { codebookHtml } from '../../src/export/meta/codebook-html.js';
import { codebookJson } from '../../src/export/meta/codebook-json.js';
import { ddiCodebook } from '../../src/export/meta/ddi.js';
import { bytesOf, cutAt, onOneLine } from '../../src/export/meta/description-text.js';
import { setupPy } from '../../src/export/meta/setup-py.js';
import { setupR } from '../../src/export/meta/setup-r.js';
import { setupSps } from '../../src/export/meta/setup-sps.js';
import { savBytes } from '../../src/export/sav/sav.js';
import { launchBrowser } from '../make/browser.js';
import { hostileText } from '../make/hostile-text.js';
import { aRelease, asText, csvOf, type FileGiven, FILES, reasons } from '../make/release-description.js';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A release in a folder of its own: CSV files with scripts and codebooks. */
async function folderOf(files: readonly FileGiven[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onward-meta-'));
  folders.push(folder);
  const { release } = aRelease(files);
  const texts: [string, Iterable<string>][] = [
    ...files.map((file): [string, Iterable<string>] => [`${file.name}.csv`, [csvOf(file)]]),
    ['codebook.json', codebookJson(release)],
    ['codebook-2.5.xml', ddiCodebook(release, '2.5')],
    ['codebook-2.6.xml', ddiCodebook(release, '2.6')],
    ['setup.R', setupR(release)],
    ['setup.py', setupPy(release)],
    ['setup.sps', setupSps(release)],
  ];
  for (const [name, pieces] of texts) await writeFile(join(folder, name), asText(pieces));
  return folder;
}

const PACKAGES: Readonly<Record<string, string>> = {
  Rscript: 'r-cran-haven',
  pspp: 'pspp',
  '/usr/bin/python3': 'python3-pandas',
  xmllint: 'libxml2-utils',
};

/** Runs a program in a folder and gives what it said. @throws a sentence when it is not installed */
function run(folder: string, program: string, args: string[], locale = 'C.UTF-8') {
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: locale, PYTHONDONTWRITEBYTECODE: '1' };
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 28,
  });
  if (error && 'code' in error && error.code === 'ENOENT')
    throw new Error(
      `${program} is not installed. Install it first: apt-get install ${PACKAGES[program] ?? ''}`,
    );
  return { status, said: stdout, all: stdout + stderr };
}

/** Lines that R writes of texts, each in hexadecimal digits, so that nothing is lost on the way. */
const R_HEX = `hex <- function(x) cat(if (is.na(x)) "NA" else paste(as.character(charToRaw(enc2utf8(as.character(x)))), collapse = ""), "\\n", sep = "")`;
function saidInR(folder: string, script: string): (string | null)[] {
  const { status, said, all } = run(folder, 'Rscript', ['-e', `${R_HEX}\n${script}`]);
  if (status !== 0) throw new Error(all);
  return said
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === 'NA' ? null : Buffer.from(line, 'hex').toString()));
}

describe('scripts on a small release', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await folderOf(FILES);
  });

  test.each(['C', 'C.UTF-8'])('R loads and checks every file, whatever its locale (%s)', (locale) => {
    const { status, all } = run(folder, 'Rscript', ['setup.R'], locale);
    for (const { name, rows } of FILES)
      expect(all).toContain(`${name}: ${rows.length} rows, as it should be`);
    expect(status).toBe(0);
  });

  test('R has reasons as tags, words of either language, dates and texts', () => {
    const script = `suppressMessages(source("setup.R", encoding = "UTF-8"))
      a <- load_file("a_indresp", "en"); r <- load_file("a_indresp"); s <- load_file("spell_residence")
      hex(paste(haven::na_tag(a$a_sex), collapse = " ")); hex(paste(haven::na_tag(a$a_balance), collapse = " "))
      hex(attr(a$a_sex, "label")); hex(attr(r$a_sex, "label")); hex(attr(r, "label"))
      hex(names(attr(a$a_plans, "labels"))[2]); hex(names(attr(r$a_plans, "labels"))[2])
      hex(paste(format(r$a_born), collapse = " ")); hex(paste(format(s$movedin), collapse = " "))
      hex(a$a_words[4]); hex(class(s$movedout)); hex(paste(as.numeric(a$a_balance), collapse = " "))`;
    expect(saidInR(folder, script)).toEqual([
      'NA NA r NA q',
      'NA d NA NA r',
      'Sex',
      'Пол',
      'Файл a_indresp',
      'Leave for the "EU"',
      'Уехать «в ЕС»',
      '1985-02-28 1900-01-01 NA 2004-12-31 1999-10-31',
      '1985-02-01 2022-03-01 2021-09-01',
      FILES[0]?.rows[3]?.[7],
      'Date',
      '150.5 NA -40 -1 NA',
    ]);
  });

  test.each(['C', 'C.UTF-8'])('Python loads and checks every file, whatever its locale (%s)', (locale) => {
    const { status, all } = run(folder, '/usr/bin/python3', ['setup.py'], locale);
    for (const { name, rows } of FILES)
      expect(all).toContain(`${name}: ${rows.length} rows, as it should be`);
    expect(status).toBe(0);
  });

  test('Python has categoricals, reasons apart, codes, dates and texts', () => {
    const script = `import json; from setup import load, reasons
a, r, c, s = load("a_indresp", "en"), load("a_indresp"), load("a_indresp", labels=None), load("spell_residence")
why = reasons("a_indresp", "en")
plain = lambda column: [None if each != each else each for each in column.astype(object)]
print(json.dumps([plain(a.a_sex), plain(r.a_plans), plain(c.a_balance), plain(why.a_sex), plain(why.a_balance), str(a.a_sex.dtype),
  [str(each)[:10] for each in s.movedin], a.attrs["labels"]["a_sex"], r.attrs["labels"]["a_sex"], a.a_words[3], str(a.index.equals(why.index))]))`;
    expect(JSON.parse(run(folder, '/usr/bin/python3', ['-c', script]).said)).toEqual([
      ['Female', 'Male', null, 'Male', null],
      ['Остаться', 'Уехать «в ЕС»', null, 'Другое: 100 % & <b>', 'Остаться'],
      [150.5, null, -40, -1, null],
      [null, null, 'Refused', null, 'Not in this version or language'],
      [null, 'Does not know', null, null, 'Refused'],
      'category',
      ['1985-02-01', '2022-03-01', '2021-09-01'],
      'Sex',
      'Пол',
      FILES[0]?.rows[3]?.[7],
      'True',
    ]);
  });

  test('PSPP loads, labels in the main language and checks every file; a dataset stays of each', async () => {
    const syntax = await readFile(join(folder, 'setup.sps'), 'utf8');
    await writeFile(
      join(folder, 'more.sps'),
      `${syntax}DATASET ACTIVATE a_indresp.\nFREQUENCIES a_sex a_balance.\nLIST a_born a_words.\n`,
    );
    const { status, all } = run(folder, 'pspp', ['-O', 'format=csv', 'more.sps']);
    expect(all).not.toMatch(/error|warning|NOT AS IT SHOULD/);
    for (const { name } of FILES) expect(all).toContain(`${name}: as it should be`);
    expect(all).toMatch(/Valid,Женский,1,20.0%,33.3%/);
    expect(all).toMatch(/Missing,Отказ от ответа,1,20.0%/);
    expect(all).toMatch(/Valid,-40.0,1/);
    expect(all).toContain('1900/01/01');
    expect(status).toBe(0);
  });

  test('all of them say so where a file is not as it was released', async () => {
    const other = await folderOf(FILES);
    const [first, second] = FILES as [FileGiven, FileGiven];
    await writeFile(
      join(other, 'a_indresp.csv'),
      csvOf({
        ...first,
        rows: first.rows.map((row, index) => (index === 0 ? [...row.slice(0, 2), 2, ...row.slice(3)] : row)),
      }),
    );
    await writeFile(
      join(other, 'b_indresp.csv'),
      csvOf({ ...second, rows: [...second.rows, second.rows[1]!] }),
    );
    const python = run(other, '/usr/bin/python3', ['setup.py']);
    expect(python.all).toContain('a_indresp: the numbers of a_sex differ');
    expect(python.all).toContain('b_indresp: it has 3 rows and should have 2; its key is not unique');
    expect(python.status).toBe(1);
    const r = run(other, 'Rscript', ['setup.R']);
    expect(r.all).toContain('a_indresp is not as it was released: the numbers of a_sex differ.');
    expect(r.status).not.toBe(0);
    expect(run(other, 'Rscript', ['-e', 'try(source("setup.R")); check_file("b_indresp")']).all).toContain(
      'its key is not unique',
    );
    const pspp = run(other, 'pspp', ['-O', 'format=csv', 'setup.sps']).all;
    expect(pspp.match(/[ab]_indresp: NOT AS IT SHOULD BE/g)).toHaveLength(2);
    expect(pspp).toContain('moves: as it should be');
  });
});

test.each([
  ['dta', dtaBytes],
  ['sav', savBytes],
] as const)('R and Python read the same from .%s', async (ending, write) => {
  const [people, , , spells, moves] = FILES as [FileGiven, FileGiven, FileGiven, FileGiven, FileGiven];
  const times: FileGiven = {
    ...moves,
    columns: [...moves.columns, { name: 'at', type: 'datetime' }],
    rows: moves.rows.map((row, index) => [...row, index === 0 ? '1999-12-31T23:59' : '2026-01-02T03:04:05']),
  };
  const files = [people, spells, times];
  const folder = await folderOf(files);
  for (const { name, table, read } of aRelease(files).files) {
    await rm(join(folder, `${name}.csv`));
    const chunks: Buffer[] = [];
    for await (const chunk of write(table, read)) chunks.push(chunk);
    await writeFile(join(folder, `${name}.${ending}`), Buffer.concat(chunks));
  }
  const script = `suppressMessages(source("setup.R", encoding = "UTF-8"))
    a <- load_file("a_indresp", "en"); s <- load_file("spell_residence"); m <- load_file("moves")
    hex(paste(haven::na_tag(a$a_sex), collapse = " ")); hex(names(attr(a$a_plans, "labels"))[2]); hex(a$a_words[4])
    hex(paste(as.numeric(a$a_balance), collapse = " ")); hex(paste(format(a$a_born), collapse = " "))
    hex(paste(format(s$movedout), collapse = " ")); hex(paste(format(m$at, "%Y-%m-%dT%H:%M:%S"), collapse = " "))`;
  expect(saidInR(folder, script)).toEqual([
    'NA NA r NA q',
    'Leave for the "EU"',
    people.rows[3]?.[7],
    '150.5 NA -40 -1 NA',
    '1985-02-28 1900-01-01 NA 2004-12-31 1999-10-31',
    '2022-03-01 NA NA',
    '1999-12-31T23:59:00 2026-01-02T03:04:05',
  ]);
  if (ending === 'sav') return; // pandas alone cannot read SPSS's files
  expect(run(folder, '/usr/bin/python3', ['setup.py']).status).toBe(0);
  const python = `import json; from setup import load, reasons
a, s, m = load("a_indresp"), load("spell_residence"), load("moves"); why = reasons("a_indresp", "en")
plain = lambda column: [None if each != each else each for each in column.astype(object)]
print(json.dumps([plain(a.a_sex), plain(a.a_balance), plain(why.a_balance), [str(each)[:10] for each in a.a_born], [str(each)[:10] for each in s.movedout], [str(each) for each in m["at"]]]))`;
  expect(JSON.parse(run(folder, '/usr/bin/python3', ['-c', python]).said)).toEqual([
    ['Женский', 'Мужской', null, 'Мужской', null],
    [150.5, null, -40, -1, null],
    [null, 'Does not know', null, null, 'Refused'],
    ['1985-02-28', '1900-01-01', 'NaT', '2004-12-31', '1999-10-31'],
    ['2022-03-01', 'NaT', 'NaT'],
    ['1999-12-31 23:59:00', '2026-01-02 03:04:05'],
  ]);
});

const schemas = process.env.ONWARD_DDI_SCHEMAS ?? '';
const hasSchemas = ['2.5', '2.6'].every((version) => existsSync(join(schemas, version, 'codebook.xsd')));
if (!hasSchemas)
  process.stderr.write(
    'DDI was not validated: ONWARD_DDI_SCHEMAS names no folder that has 2.5/codebook.xsd and 2.6/codebook.xsd.\n',
  );

/** That it is XML, and valid where the schemas are there. */
function expectDdi(folder: string, version: '2.5' | '2.6'): void {
  const file = `codebook-${version}.xml`;
  const schema = hasSchemas ? ['--schema', join(schemas, version, 'codebook.xsd')] : [];
  const { status, all } = run(folder, 'xmllint', ['--noout', '--nonet', ...schema, file]);
  expect([version, all.split('\n').filter((line) => line.startsWith(file)), status]).toEqual([
    version,
    hasSchemas ? [`${file} validates`] : [],
    0,
  ]);
}

test.each(['2.5', '2.6'] as const)('DDI-Codebook %s is valid', async (version) => {
  expectDdi(await folderOf(FILES), version);
});

test('words of any kind come back from R, Python, PSPP and DDI as they were', async () => {
  const words = fc.oneof(
    hostileText,
    fc.constantFrom(
      '%s %d %%',
      "O'Neil \\n \\",
      'עברית "ציטוט"',
      'հայերեն',
      '👩‍👩‍👧‍👦 e\u0301',
      '$x `y\' "z"',
      '!macro @x #y',
      '*/ ; # .',
      'x'.repeat(300),
      'ё'.repeat(200),
      '.',
      "'''",
      '"""',
    ),
  );
  const column = fc.record({ ru: words, en: words, one: words, two: words, cell: words });
  await fc.assert(
    fc.asyncProperty(fc.array(column, { minLength: 12, maxLength: 24 }), async (given) => {
      const cellOf = (text: string) => text.replace(/[\0\r\n]/g, ' ').trimEnd();
      const file: FileGiven = {
        name: 'a_indresp',
        key: ['pidp'],
        columns: [
          { name: 'pidp' },
          ...given.flatMap(({ ru, en, one, two }, index) => [
            {
              name: `n${index}`,
              label: { ru, en },
              values: [{ code: 1, label: { ru: one, en: two } }],
              missing: reasons('dr'),
            },
            { name: `t${index}`, type: 'string' as const, label: { ru, en }, item: 'q' },
          ]),
        ],
        rows: [
          [1, ...given.flatMap(({ cell }) => [1, cellOf(cell)])],
          [2, ...given.flatMap(() => [-1, null])],
        ],
      };
      const folder = await folderOf([file]);
      expectDdi(folder, '2.5');
      expectDdi(folder, '2.6');
      const main = ({ ru, en }: { ru: string; en: string }) => ru || en;
      const other = ({ ru, en }: { ru: string; en: string }) => en || ru;

      const loaded = `suppressMessages(source("setup.R", encoding = "UTF-8"))
        for (l in c("ru", "en")) { d <- load_file("a_indresp", l)
          for (i in 0:${given.length - 1}) { n <- d[[paste0("n", i)]]; hex(attr(n, "label", exact = TRUE)); hex(names(attr(n, "labels"))[1]); hex(d[[paste0("t", i)]][1]) } }`;
      const inR = (label: typeof main) =>
        given.flatMap(({ ru, en, one, two, cell }) => [
          onOneLine(label({ ru, en })),
          onOneLine(label({ ru: one, en: two })),
          cellOf(cell) === '' ? null : cellOf(cell),
        ]);
      expect(saidInR(folder, loaded)).toEqual([...inR(main), ...inR(other)]);

      const python = `import json; from setup import load; a = load("a_indresp")
print(json.dumps([[a.attrs["labels"][f"n{i}"], a[f"n{i}"].astype(object)[0], a[f"t{i}"].fillna("")[0]] for i in range(${given.length})]))`;
      expect(JSON.parse(run(folder, '/usr/bin/python3', ['-c', python]).said)).toEqual(
        given.map(({ ru, en, one, two, cell }) => [
          main({ ru, en }),
          main({ ru: one, en: two }) || '1',
          cellOf(cell),
        ]),
      );

      const syntax = await readFile(join(folder, 'setup.sps'), 'utf8');
      await writeFile(
        join(folder, 'save.sps'),
        `${syntax}DATASET ACTIVATE a_indresp.\nSAVE OUTFILE="x.sav".\n`,
      );
      const pspp = run(folder, 'pspp', ['save.sps']);
      expect(pspp.all.replace(/\s+/g, ' ').trim()).toBe('a_indresp: as it should be');
      const saved = `
        d <- haven::read_sav("x.sav"); none <- function(x) if (length(x) == 0) "" else x
        for (i in 0:${given.length - 1}) { n <- d[[paste0("n", i)]]; hex(none(attr(n, "label", exact = TRUE))); v <- attr(n, "labels"); hex(none(names(v)[v == 1])); hex(d[[paste0("t", i)]][1]) }`;
      const cut = (text: string, most: number) => cutAt(onOneLine(text), most, bytesOf).trimEnd();
      expect(saidInR(folder, saved).map((text) => (text ?? '').trimEnd())).toEqual(
        given.flatMap(({ ru, en, one, two, cell }) => [
          cut(main({ ru, en }), 255),
          cut(main({ ru: one, en: two }), 120),
          cellOf(cell),
        ]),
      );

      const xml = `import json, sys, xml.etree.ElementTree as tree
root = tree.parse("codebook-2.5.xml").getroot(); ns = {"d": "ddi:codebook:2_5"}
print(json.dumps([{l.get("{http://www.w3.org/XML/1998/namespace}lang"): l.text or "" for l in v.findall("d:labl", ns)} for v in root.iter("{ddi:codebook:2_5}var") if v.get("name").startswith("n")]))`;
      const inXml = (text: string) => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '');
      expect(JSON.parse(run(folder, '/usr/bin/python3', ['-c', xml]).said)).toEqual(
        given.map(({ ru, en }) =>
          Object.fromEntries(
            Object.entries({ ru, en })
              .filter(([, text]) => text !== '')
              .map(([key, text]) => [key, inXml(text)]),
          ),
        ),
      );
    }),
    { numRuns: 3, endOnFailure: true },
  );
}, 240_000);

describe('the page of the codebook', () => {
  test('is readable on a phone and a screen, light and dark, finds variables, changes its language', async () => {
    const folder = await folderOf([]);
    await writeFile(join(folder, 'codebook.html'), asText(codebookHtml(aRelease().release)));
    const browser = await launchBrowser();
    try {
      for (const [width, colorScheme] of [
        [360, 'light'],
        [360, 'dark'],
        [1280, 'light'],
      ] as const) {
        const page = await (
          await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
        ).newPage();
        const errors: string[] = [];
        page.on('pageerror', ({ message }) => errors.push(message));
        page.on('console', (message) => errors.push(message.text()));
        page.on('request', (request) => {
          if (!request.url().startsWith('file:')) errors.push(request.url());
        });
        await page.goto(`file://${join(folder, 'codebook.html')}#v-indresp-plans`);
        expect(await page.locator('details[open]').getAttribute('id')).toBe('v-indresp-plans');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true');
        await page.evaluate(axeSource);
        expect(
          await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))'),
        ).toEqual([]);

        await page.fill('#search', 'EARN МЕСЯЦ');
        await page.locator('#found:text-is("1")').waitFor();
        expect(await page.locator('.v:visible').getAttribute('id')).toBe('v-indresp-income');
        expect(await page.locator('h1').innerText()).toBe('Жизнь на новом месте');
        await page.getByLabel('English').check();
        expect(await page.locator('h1').innerText()).toBe('Life in a new place');
        expect(errors).toEqual([]);
        await page.context().close();
      }
    } finally {
      await browser.close();
    }
  });

  test('changes its language and shows everything without its script', async () => {
    const folder = await folderOf([]);
    await writeFile(join(folder, 'codebook.html'), asText(codebookHtml(aRelease().release)));
    const browser = await launchBrowser();
    try {
      const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
      await page.goto(`file://${join(folder, 'codebook.html')}`);
      await page.getByText('English', { exact: true }).click();
      expect(await page.locator('h1').innerText()).toBe('Life in a new place');
      await page.locator('#v-indresp-sex summary').click();
      expect(await page.locator('#v-indresp-sex table').innerText()).toContain('Female');
      expect(await page.locator('#search').isVisible()).toBe(false);
    } finally {
      await browser.close();
    }
  });
});
