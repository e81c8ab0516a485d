import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { AnalystTokenService } from '../../src/access/analyst-token.service.js';
import { fetchPy } from '../../src/export/meta/fetch-py.js';
import { fetchR } from '../../src/export/meta/fetch-r.js';
import { ReleaseDownloads } from '../../src/export/release/release-downloads.service.js';
import { ReleaseService } from '../../src/export/release/release.service.js';
import { ErasureService } from '../../src/rights/erasure.service.js';
import { releasePanel } from '../integration/export/release-panel.js';
import { type Panel } from '../integration/export/two-waves.js';
import { anna } from '../make/actors.js';

interface Variable {
  name: string;
  type: string;
  label: Record<string, string>;
  values?: { code: number; label: Record<string, string> }[];
  missing: { code: number; stata: string; label: Record<string, string> }[];
}
interface Codebook {
  files: { file: string; variables: Variable[] }[];
}
/** A column as a program has it: its label, its cells (reasons as letters), and the words of its codes. */
interface Seen {
  name: string;
  label: string;
  cells: string[];
  words: string[];
}

const PROGRAMS = {
  R: { program: 'Rscript', script: 'onward.R', package: 'r-cran-haven' },
  Python: { program: '/usr/bin/python3', script: 'onward.py', package: 'python3-pandas' },
} as const;
type Language = keyof typeof PROGRAMS;
const LANGUAGES = Object.keys(PROGRAMS) as Language[];

let panel: Panel;
let token: string;
let home: string;

beforeAll(async () => {
  panel = await releasePanel();
  await panel.services(ReleaseService).create(panel.study.id, { kind: 'SUF', version: '1.0' }, anna);
  const wish = { kind: 'SUF', name: 'Dr Example, University of Example', days: 30 } as const;
  token = (await panel.services(AnalystTokenService).create(anna, panel.study.id, wish)).token;
  home = await mkdtemp(join(tmpdir(), 'onward-fetch-'));
  await writeFile(join(home, 'onward.R'), fetchR(RELEASE));
  await writeFile(join(home, 'onward.py'), fetchPy(RELEASE));
}, 60_000);
afterAll(async () => {
  await panel.close();
  await rm(home, { recursive: true, force: true });
});

const RELEASE = { name: 'nrd-1.0', kind: 'SUF', file: 'panel_long' } as const;

/** A program that was started: what it said in the end, and a promise that it has said something. */
function start(language: Language, code: string, env: Record<string, string> = {}) {
  const { program, package: debian } = PROGRAMS[language];
  const child = spawn(program, [language === 'R' ? '-e' : '-c', code], {
    cwd: home,
    env: {
      ...{
        PATH: process.env['PATH'],
        HOME: home,
        XDG_CACHE_HOME: home,
        LC_ALL: 'C.UTF-8',
        TZ: 'Asia/Almaty',
      },
      ...{ ONWARD_URL: panel.config.publicUrl, ONWARD_TOKEN: token, PYTHONDONTWRITEBYTECODE: '1', ...env },
    },
  });
  let said = '';
  let all = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<{ status: number | null; said: string; all: string }>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? new Error(`${program} is not installed. Install it first: apt-get install ${debian}`)
          : cause,
      ),
    );
    child.on('close', (status) => resolve({ status, said, all }));
  });
  const hasSaid = (words: string) =>
    Promise.race([
      new Promise<void>((resolve) =>
        listeners.add(() => {
          if (all.includes(words)) resolve();
        }),
      ),
      ended.then(({ all: everything }) => {
        throw new Error(`It ended and did not say “${words}”: ${everything}`);
      }),
    ]);
  return { ended, hasSaid };
}

const unhex = (text: string) => Buffer.from(text, 'hex').toString();

/** Columns of a file in a language, each on a line: name, label, cells, words of codes, in hexadecimal digits. */
const SHOW: Record<Language, (file: string, language?: string) => string> = {
  R: (file, language) => `source("onward.R", encoding = "UTF-8")
    hex <- function(x) paste(vapply(x, function(one) paste(as.character(charToRaw(enc2utf8(one))), collapse = ""), ""), collapse = " ")
    data <- onward_fetch("${file}"${language === undefined ? '' : `, language = "${language}"`})
    for (name in names(data)) {
      x <- data[[name]]
      cells <- if (!is.numeric(x)) as.character(x) else ifelse(is.na(x), paste0(".", haven::na_tag(x)), sprintf("%.15g", as.numeric(x)))
      cells[is.na(cells) | cells == ".NA"] <- ""
      codes <- attr(x, "labels")
      cat(name, hex(attr(x, "label")), hex(cells), if (is.null(codes)) "" else hex(names(codes)), sep = "\\t"); cat("\\n")
    }`,
  Python: (file, language) => `from onward import fetch, reasons
import warnings; warnings.simplefilter("error", FutureWarning)
more = {"language": "${language ?? ''}" or None}
hex = lambda texts: " ".join(text.encode().hex() for text in texts)
frame, why = fetch("${file}", **more), reasons("${file}", **more)
data = fetch("${file}", codes=True, **more)
labels, words = data.attrs["variable_labels"], data.attrs["value_labels"]
assert frame.attrs == data.attrs and list(frame.columns) == list(data.columns)
assert not {"int8", "int16"} & {str(kind) for kind in data.dtypes}
for name in data:
    x, coded = data[name], words.get(name, {})
    reason = why[name] if name in why else [None] * len(x)
    cells = ["" if cell != cell or cell is None else str(cell)[:10] if hasattr(cell, "year") else cell if isinstance(cell, str) else f"{cell:.15g}" for cell in x]
    cells = [cell or (f"?{word}" if word == word and word else "") for cell, word in zip(cells, reason)]
    for code, cell in zip(x, frame[name]):
        if code in coded and coded[code] != cell and f"{coded[code]} ({code:g})" != cell: raise SystemExit(f"{name}: {code} is {cell}")
    print(name, hex([labels[name]]), hex(cells), hex([*coded.values(), *(why[name].cat.categories if name in why else [])]), sep="\\t")`,
};

const FETCH: Record<Language, (file: string) => string> = {
  R: (file) => `source("onward.R"); fetched <- onward_fetch("${file}")`,
  Python: (file) => `import onward; onward.fetch("${file}")`,
};

const seen = (said: string): Seen[] =>
  said
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', label = '', cells = '', words = ''] = line.split('\t');
      return {
        name,
        label: unhex(label),
        cells: cells.split(' ').map(unhex),
        words: words ? words.split(' ').map(unhex) : [],
      };
    });

const ask = (path: string) =>
  fetch(`${panel.config.publicUrl}/api/releases/nrd/SUF/1.0${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
const fileOf = async (name: string) => Buffer.from(await (await ask(`/files/${name}`)).arrayBuffer());
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
/** The name under which a file is kept. */
const keptAs = (name: string, bytes: Buffer) => `${sha256(bytes).slice(0, 16)}.${name}`;
/** From which byte on files were downloaded since an entry of the log. */
const downloadsAfter = (nr: string) =>
  panel.rows<{ file: string; from: number }>(
    `SELECT detail::jsonb ->> 'file' AS file, (detail::jsonb -> 'from')::int AS from FROM audit_entry
     WHERE act = 'release.downloaded' AND nr > $1 ORDER BY nr`,
    [nr],
  );
const newestEntry = async () =>
  (await panel.rows<{ nr: string }>('SELECT max(nr)::text AS nr FROM audit_entry'))[0]?.nr ?? '0';

/** What a program should show of a file: the cells of its CSV, with the words of the codebook. */
async function expected(file: string, language: string, by: Language): Promise<Seen[]> {
  const rows = parse(await fileOf(`${file}.csv`), { columns: true }) as Record<string, string>[];
  const { files } = JSON.parse((await fileOf('codebook.json')).toString()) as Codebook;
  const variables = files.find((one) => one.file === file)?.variables ?? [];
  return variables.map(({ name, type, label, values = [], missing }) => ({
    name,
    label: label[language] ?? '',
    cells: rows.map((row) => {
      const cell = row[name] ?? '';
      if (type === 'month' && cell !== '') return `${cell}-01`;
      if (type === 'string') return cell.replace(/^'(?=[=+@-])/, '');
      const reason = cell === '' ? undefined : missing.find(({ code }) => code === Number(cell));
      if (!reason) return cell;
      return by === 'R' ? reason.stata : `?${reason.label[language] ?? ''}`;
    }),
    words: [...values, ...missing].map((one) => one.label[language] ?? ''),
  }));
}

const CACHE: Record<Language, string> = { R: 'R/onward', Python: '.cache/onward' };
const folderOf = (language: Language) => join(home, CACHE[language], 'nrd_SUF_v1.0');

/** What is kept of the release, by the names that it has there. */
const files = async (language: Language) =>
  (await readdir(folderOf(language))).map((name) => name.replace(/^[0-9a-f]{16}\./, '')).sort();

test('both wait until the release is ready, and have every cell of the file in words of its main language', async () => {
  const running = LANGUAGES.map((language) => start(language, SHOW[language]('panel_long')));
  await Promise.all(running.map(({ hasSaid }) => hasSaid('The release is not ready yet.')));
  await panel.services(ReleaseDownloads).prepareAll();
  for (const [index, language] of LANGUAGES.entries()) {
    const { status, said, all } = (await running[index]?.ended) ?? { status: 1, said: '', all: '' };
    expect([language, status, status === 0 ? '' : all]).toEqual([language, 0, '']);
    const shown = seen(said);
    expect(shown).toEqual(await expected('panel_long', 'ru', language));
    expect(new Set(shown.flatMap(({ cells }) => cells))).toContain(
      language === 'R' ? '.i' : '?Неприменимо (по переходам)',
    );
    expect((await stat(folderOf(language))).mode & 0o777).toBe(0o700);
    expect(await files(language)).toEqual(['codebook.json', 'panel_long.dta']);
  }
  for (const { script } of Object.values(PROGRAMS))
    expect((await fileOf(script)).toString()).toBe(await readFile(join(home, script), 'utf8'));
}, 120_000);

test('what is kept is not fetched again, whatever the language; English words, dates and texts', async () => {
  const before = await newestEntry();
  const running = LANGUAGES.map((language) =>
    start(language, SHOW[language]('spell_residence', 'en'), { LC_ALL: 'C' }),
  );
  for (const [index, language] of LANGUAGES.entries()) {
    const { said } = (await running[index]?.ended) ?? { said: '' };
    expect(seen(said)).toEqual(await expected('spell_residence', 'en', language));
  }
  const fetched = (await downloadsAfter(before)).map(({ file }) => file);
  expect(fetched.filter((file) => file === 'spell_residence.dta')).toHaveLength(2);
  expect(fetched.filter((file) => file === 'panel_long.dta')).toEqual([]);
}, 120_000);

/** Stands between a program and the server, and breaks the first connection that asks for a file off after so many bytes of the answer. */
async function breakingOff(file: string, afterBytes: number): Promise<{ server: Server; url: string }> {
  const { port } = new URL(panel.config.publicUrl);
  let isDone = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), '127.0.0.1');
    let left = Infinity;
    client.on('data', (bytes: Buffer) => {
      if (!isDone && bytes.includes(`/files/${file}`)) {
        isDone = true;
        left = afterBytes;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      const passed = bytes.subarray(0, left);
      left -= passed.length;
      if (left > 0) client.write(passed);
      else client.write(passed, () => client.destroy());
    });
    client.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
    upstream.on('close', () => client.end()).on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test.each(LANGUAGES)(
  '%s goes on with half a file, and where a connection breaks',
  async (language) => {
    const wide = await fileOf('panel_wide.dta');
    const half = Math.floor(wide.length / 2);
    await writeFile(join(folderOf(language), keptAs('panel_wide.dta', wide)), wide.subarray(0, half));
    await writeFile(
      join(folderOf(language), '0123456789abcdef.panel_wide.dta'),
      'of another state of the release',
    );
    const before = await newestEntry();
    const { server, url } = await breakingOff('panel_wide.dta', 200_000);
    try {
      const { status, all } = await start(language, FETCH[language]('panel_wide'), { ONWARD_URL: url }).ended;
      expect([status, status === 0 ? '' : all]).toEqual([0, '']);
    } finally {
      server.close();
    }
    const froms = (await downloadsAfter(before))
      .filter(({ file }) => file === 'panel_wide.dta')
      .map(({ from }) => from);
    expect(froms).toHaveLength(2);
    expect(froms[0]).toBe(half);
    expect(froms[1]).toBeGreaterThan(half + 100_000);
    const kept = (await readdir(folderOf(language))).filter((file) => file.endsWith('panel_wide.dta'));
    expect(kept).toEqual([keptAs('panel_wide.dta', wide)]);
    expect(sha256(await readFile(join(folderOf(language), kept[0] ?? '')))).toBe(sha256(wide));
  },
  120_000,
);

/** Says each failure on a line; what does not fail says so. */
const TRY: Record<Language, (calls: string[]) => string> = {
  R: (calls) =>
    `source("onward.R"); ${calls.map((call) => `cat(tryCatch({ ${call}; "nothing" }, error = conditionMessage), "\\n", sep = "")`).join('; ')}
     try(onward_fetch(token = "onw_${'B'.repeat(43)}"))`,
  Python: (calls) => `from onward import fetch
def attempt(call):
    try: call(); print("nothing")
    except Exception as cause: print(cause)
${calls.map((call) => `attempt(lambda: ${call})`).join('\n')}
fetch(token="onw_" + "B" * 43)`,
};

test.each(LANGUAGES)(
  '%s says what to do where it is refused, and shows no token',
  async (language) => {
    const call = language === 'R' ? 'onward_fetch' : 'fetch';
    const bad = `onw_${'A'.repeat(43)}`;
    const { said, all } = await start(
      language,
      TRY[language]([
        `${call}(token = "${bad}")`,
        `${call}(token = "${token}\\r\\nX: 1")`,
        `${call}(url = "http://panel.example")`,
        `${call}(url = "http://127.0.0.1:1")`,
        `${call}(release = "nrd-7.0")`,
        `${call}(kind = "PUF")`,
        `${call}("nothing")`,
        `${call}(language = "de")`,
      ]),
    ).ended;
    expect(said.trimEnd().split('\n')).toEqual([
      expect.stringContaining('The token was refused'),
      expect.stringContaining('Set ONWARD_TOKEN'),
      expect.stringContaining('Set ONWARD_URL'),
      expect.stringContaining('The server could not be reached'),
      expect.stringContaining('There is no such release'),
      expect.stringContaining('There is no such release'),
      expect.stringMatching(/The release has no file nothing\. It has: .*panel_long/),
      expect.stringContaining('There are no labels in de. Choose one of: ru, en.'),
    ]);
    expect(all.split('The token was refused')).toHaveLength(3);
    for (const secret of [token, bad, 'onw_BB']) expect(all).not.toContain(secret);
  },
  120_000,
);

test('a release without somebody who was erased is fetched anew, and nothing of them stays', async () => {
  const [person] = await panel.rows<{ id: string; pidp: string }>(
    `SELECT m.id, p.pidp::text FROM member m JOIN release_person p ON p.member_id = m.id WHERE m.cohort = 'moved'`,
  );
  const { id = '', pidp = '' } = person ?? {};
  const number = Buffer.alloc(4);
  number.writeInt32LE(Number(pidp));
  const holds = async (language: Language) => {
    const kept = await readdir(folderOf(language));
    const contents = await Promise.all(kept.map((file) => readFile(join(folderOf(language), file))));
    return kept.flatMap((file, index) => (contents[index]?.includes(number) ? [file.slice(17)] : [])).sort();
  };
  for (const language of LANGUAGES)
    expect(await holds(language)).toEqual(['panel_long.dta', 'panel_wide.dta', 'spell_residence.dta']);
  await panel.services(ErasureService).erase(id, anna);
  await panel.services(ReleaseDownloads).prepareAll();
  const running = LANGUAGES.map((language) => start(language, SHOW[language]('panel_long')));
  for (const [index, language] of LANGUAGES.entries()) {
    const { said } = (await running[index]?.ended) ?? { said: '' };
    expect(seen(said)).toEqual(await expected('panel_long', 'ru', language));
    expect(await holds(language)).toEqual([]);
    expect(await files(language)).toContain('panel_long.dta');
  }
}, 120_000);

/** A server that sends whoever comes to another one, and what that one was shown. */
async function leadingAway(): Promise<{ url: string; shown: string[]; stop: () => void }> {
  const shown: string[] = [];
  const elsewhere = createHttpServer((request, reply) => {
    shown.push(request.headers.authorization ?? '');
    reply.writeHead(401).end();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const server = createHttpServer((_, reply) => {
    const { port } = elsewhere.address() as AddressInfo;
    reply.writeHead(302, { location: `http://localhost:${port}/` }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    for (const one of [server, elsewhere]) one.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, shown, stop };
}

test.each(LANGUAGES)(
  '%s takes the token nowhere else',
  async (language) => {
    const { url, shown, stop } = await leadingAway();
    const { status, all } = await start(language, FETCH[language]('xwave'), { ONWARD_URL: url }).ended;
    stop();
    expect(status).toBe(1);
    expect(all).toMatch(/The token was refused|The server answered 302/);
    expect(shown.filter((one) => one !== '')).toEqual([]);
  },
  60_000,
);

test.each(LANGUAGES)(
  '%s trusts nothing but the digest: what is kept, and what came',
  async (language) => {
    const moves = await fileOf('moves.dta');
    const damaged = Buffer.from(moves);
    damaged.writeUInt8(damaged.readUInt8(9_000) ^ 1, 9_000);
    const path = join(folderOf(language), keptAs('moves.dta', moves));
    const fetched = async () => {
      const { status, all } = await start(language, FETCH[language]('moves')).ended;
      expect([status, status === 0 ? '' : all]).toEqual([0, '']);
      return readFile(path);
    };
    await writeFile(path, damaged);
    expect((await fetched()).equals(moves)).toBe(true);
    await writeFile(path, damaged.subarray(0, 10_000));
    expect((await fetched()).equals(moves)).toBe(true);
  },
  120_000,
);

test('codes with the same words stay apart in Python, in the order of the codebook unless they are ordered', async () => {
  const { status, said, all } = await start(
    'Python',
    `import pandas as pd
from onward import _categories
column = pd.Series([1.0, 2.0, 3.0, 4.0, 9.0, None])
labels = {2: "A", 1: "A", 3: "A (1)", 4: ""}
for ordered in (False, True):
    made = _categories(column, labels, ordered)
    print(*made.cat.categories, "|", *(cell for cell in made if cell == cell), sep=",")`,
  ).ended;
  expect([status, status === 0 ? '' : all]).toEqual([0, '']);
  expect(said.trimEnd().split('\n')).toEqual([
    'A,A (1),A (1) (3),4,9,|,A (1),A,A (1) (3),4,9',
    'A (1),A,A (1) (3),4,9,|,A (1),A,A (1) (3),4,9',
  ]);
}, 60_000);
