import { createHash } from 'node:crypto';
import { codebookHtml } from '../../../src/export/meta/codebook-html.js';
import { rootsOf } from '../../../src/export/meta/codebook-roots.js';
import {
  CODEBOOK_DIGESTS,
  CODEBOOK_SCRIPT,
  CODEBOOK_STYLE,
} from '../../../src/export/meta/codebook-style.js';
import { aRelease, asText, type FileGiven, FILES, reasons } from '../../make/release-description.js';

const digest = (text: string) => createHash('sha256').update(text).digest('base64');
const { release } = aRelease();
const page = asText(codebookHtml(release));
/** Text of one variable's part of the page, tags left out, in the main language. */
const partOf = (id: string, of = page) =>
  (new RegExp(`<details class="v" id="${id}">.*?</details>`, 's').exec(of)?.[0] ?? '')
    .replace(/<span class="l1"[^>]*>[^<]*<\/span>/g, '')
    .replace(/<\/(td|th|dd|dt|p|summary|b)>/g, '|')
    .replace(/<[^>]*>/g, '');

test('the policy of the page knows its style and script by their digests, and nothing is fetched', () => {
  expect(CODEBOOK_DIGESTS).toEqual({ style: digest(CODEBOOK_STYLE), script: digest(CODEBOOK_SCRIPT) });
  expect(page).toContain(`<style>${CODEBOOK_STYLE}</style>`);
  expect(page).toContain(`<script>${CODEBOOK_SCRIPT}</script>`);
  expect(page).not.toMatch(/https?:|\ssrc=|\sstyle=|\son\w+=|<link/);
});

test('each variable is described once for all waves; repeating files add where it stands', () => {
  const roots = rootsOf(release);
  const plans = roots.filter(({ name }) => name === 'plans');
  expect(plans).toHaveLength(1);
  expect(plans[0]?.places.map(({ file, wave }) => [file, wave])).toEqual([
    ['a_indresp', 'a'],
    ['b_indresp', 'b'],
  ]);
  expect(plans[0]?.files).toEqual([
    { variable: 'a_plans', files: ['a_indresp'] },
    { variable: 'b_plans', files: ['b_indresp'] },
    { variable: 'plans', files: ['panel_long'] },
  ]);
  expect(roots.filter(({ name }) => name === 'pidp')).toHaveLength(1);
  expect(roots.filter(({ name }) => name === 'wave').map(({ family }) => family)).toEqual(['panel_long']);
});

test('without the files of waves, variables are described from those across waves', () => {
  const long = aRelease(FILES.filter(({ name }) => name === 'panel_long')).release;
  const [plans] = rootsOf(long).filter(({ name }) => name === 'plans');
  expect(plans?.places.map(({ file }) => file)).toEqual(['panel_long']);
  expect(asText(codebookHtml(long))).toContain('<code>plans</code>');
});

test('a variable shows waves, questions by wave and language, and its frequencies', () => {
  const text = partOf('v-indresp-plans');
  expect(text).toContain('В волнах: a| b|');
  expect(text).toContain(
    'Вопрос в волне a|Что вы собираетесь делать в ближайший год?|What are you going to do next year?|',
  );
  expect(text).toContain('Вопрос в волне b|Что вы будете делать?|What will you do?|');
  expect(text).toContain('1|Остаться|2|0|');
  expect(text).toContain('3|Другое: 100 % &amp; &lt;b&gt;|1|0|');
  expect(text).toContain('-8 .i|Неприменимо (по переходам)|1|0|');
  expect(text).toContain('Ячеек со значением|4|1|');
  expect(partOf('v-indresp-income')).toContain('Среднее|676.75|1100|');
  expect(partOf('v-indresp-hostcountry')).toContain('SRB||2|1|');
  expect(partOf('v-indresp-words')).not.toContain('тихо');
});

test('a wave that did not ask is a dash, and codes that changed their meaning stand apart', () => {
  const file = (wave: string, name: string, words: string): FileGiven => ({
    name: `${wave}_indresp`,
    key: ['pidp'],
    columns: [
      { name: 'pidp' },
      { name: `${wave}_${name}`, wave, item: name, values: [{ code: 1, label: { ru: words, en: words } }] },
    ],
    rows: [
      [1, 1],
      [2, 1],
    ],
  });
  const once = asText(codebookHtml(aRelease([file('a', 'only', 'Да'), file('b', 'other', 'Да')]).release));
  expect(partOf('v-indresp-only', once)).toContain('В волнах: a| –');
  const changed = asText(codebookHtml(aRelease([file('a', 'x', 'Да'), file('b', 'x', 'Нет')]).release));
  expect(partOf('v-indresp-x', changed)).toContain('1|Да|2||');
  expect(partOf('v-indresp-x', changed)).toContain('1|Нет||2|');
});

test('two columns of one file are counted under their names', () => {
  const inWave = (wave: string) => ({
    name: `${wave}_x`,
    wave,
    values: [{ code: 1, label: { ru: 'Да', en: 'Yes' } }],
  });
  const wide: FileGiven = {
    name: 'panel_wide',
    key: ['pidp'],
    columns: [{ name: 'pidp' }, inWave('a'), inWave('b')],
    rows: [[1, 1, null]],
  };
  const text = partOf('v-indresp-x', asText(codebookHtml(aRelease([wide]).release)));
  expect(text).toContain('panel_wide: a_x|panel_wide: b_x|');
});

test('of a long list only codes with cells are shown, and how many have none', () => {
  const values = Array.from({ length: 250 }, (_each, index) => ({
    code: index + 1,
    label: { ru: `Страна ${index + 1}`, en: `Country ${index + 1}` },
  }));
  const columns = [{ name: 'pidp' }, { name: 'a_from', wave: 'a', values, missing: reasons('d') }];
  const text = partOf(
    'v-indresp-from',
    asText(
      codebookHtml(
        aRelease([
          {
            name: 'a_indresp',
            key: ['pidp'],
            columns,
            rows: [
              [1, 7],
              [2, 7],
              [3, 99],
            ],
          },
        ]).release,
      ),
    ),
  );
  expect(text).toContain('7|Страна 7|2|');
  expect(text).not.toContain('Страна 8');
  expect(text).toContain('Другие коды, ни одной ячейки: 248|0|');
});

test('nothing that people wrote is markup', () => {
  const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>" \' & \ud800';
  const said = { ru: evil, en: `${evil} en` };
  const columns = [
    {
      name: 'pidp',
      label: said,
      question: said,
      universe: { expression: evil, text: said },
      concept: evil,
      item: evil,
      values: [{ code: 1, label: said }],
    },
  ];
  const made = aRelease([{ name: 'x', key: ['pidp'], columns, rows: [[1]] }], {
    authors: [{ name: evil }],
    rules: [said],
    leftOut: [{ file: evil, why: said }],
    notPooled: [{ variable: evil, why: [evil] }],
    study: { id: 's', code: 's', title: said, population: said, hostCountries: [{ code: 'X', name: said }] },
    software: evil,
  });
  const text = asText(codebookHtml(made.release));
  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).not.toContain('<img');
  expect(text).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
});
