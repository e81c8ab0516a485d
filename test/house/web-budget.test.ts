import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { assetsOf, type ViteManifest, type WebAssets } from '../../src/web/server/assets.js';
import { startPage } from '../../src/web/server/start-page.js';

const ROOT = join(import.meta.dirname, '../..');
const KILOBYTE = 1000;

interface Texts {
  [locale: string]: string;
}
interface StudyFile {
  title: Texts;
  asks: Texts;
  promises: { title: Texts; text: Texts }[];
  locales: string[];
}

let folder: string;
let assets: WebAssets;
const read = (address: string): Buffer => readFileSync(join(folder, address));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onward-web-'));
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const options = ['build', '--config', 'src/web/vite.config.js', '--outDir', folder, '--emptyOutDir'];
  execFileSync(process.execPath, [vite, ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  assets = assetsOf(JSON.parse(read('.vite/manifest.json').toString()) as ViteManifest);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = ({ scripts, styles, modules }: WebAssets['respond']) => [...scripts, ...styles, ...modules];

it('the questionnaire is at most 320 kB of brotli, script and style', () => {
  const sizes = filesOf(assets.respond).map((file) => brotliCompressSync(read(file)).length);
  expect(sizes.length).toBeGreaterThanOrEqual(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(320 * KILOBYTE);
});

it.each(['ru', 'en'])(
  'the start page in %s, with all that it needs, is at most 15 kB compressed',
  (locale) => {
    const study = JSON.parse(
      readFileSync(join(ROOT, 'surveys/new-russian-diasporas/study.json'), 'utf8'),
    ) as StudyFile;
    const page = startPage({
      study: {
        title: study.title[locale]!,
        who: study.asks[locale]!,
        promises: study.promises.map(({ title, text }) => ({ title: title[locale]!, text: text[locale]! })),
      },
      code: 'nrd',
      minutes: [12, 15],
      locale,
      locales: study.locales,
      paths: {
        session: '/respond/session',
        later: '/respond/later',
        mine: '/mine/link?lang=ru',
        locales: Object.fromEntries(study.locales.map((l) => [l, `/go/x/a/${l}`])),
      },
      assets,
    });
    const needed = [...filesOf(assets.plain), ...filesOf(assets.start)].map(read);
    const total = [Buffer.from(page), ...needed].reduce((sum, file) => sum + gzipSync(file).length, 0);
    expect(page).toContain(study.asks[locale]);
    expect(total).toBeLessThanOrEqual(15 * KILOBYTE);
  },
);

it('nothing is fetched from elsewhere and no text becomes code', () => {
  const all = Object.values(assets as unknown as Record<string, WebAssets['respond']>).flatMap(filesOf);
  for (const file of all) {
    const text = read(file).toString();
    expect(text).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
    expect(text).not.toMatch(/\beval\(|\bnew Function\(/);
  }
});

it('slimming SurveyJS’s style leaves no variable undefined that it defined', () => {
  const source = readFileSync(join(ROOT, 'node_modules/survey-core/survey-core.css'), 'utf8');
  const built = assets.respond.styles.map((file) => read(file).toString()).join('\n');
  const defined = (css: string) => new Set([...css.matchAll(/(--sjs2[\w-]+)\s*:/g)].map(([, name]) => name));
  const used = new Set([...built.matchAll(/var\((--sjs2[\w-]+)/g)].map(([, name]) => name));
  const [before, after] = [defined(source), defined(built)];
  expect(used.size).toBeGreaterThan(500);
  expect([...used].filter((name) => before.has(name) && !after.has(name))).toEqual([]);
});
