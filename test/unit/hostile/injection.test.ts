import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type Message } from '../../../src/contact/channel.js';
import { renderLetter } from '../../../src/contact/letter.js';
import { composer } from '../../../src/contact/mail/compose.node.js';
import { mailMerge } from '../../../src/contact/mail-merge.js';
import { notAFormula } from '../../../src/kit/csv.js';
import { normalContact } from '../../../src/vault/contact-value.js';
import { hostileText as hostile } from '../../make/hostile-text.js';

const FORMULA = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/;

describe('letters on paper, opened in a spreadsheet', () => {
  it('hold no formula, and every text in its own cell', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (name, line, city, text) => {
        const file = mailMerge([
          {
            to: { name, lines: [line], postcode: '', city, country: 'SRB' },
            ...{
              locale: 'ru',
              subject: text,
              text,
              link: 'https://panel.example/#x',
              closesOn: '2026-03-02',
            },
          },
        ]);
        const [header, cells, ...more] = parse(file, { bom: true, record_delimiter: '\r\n' }) as string[][];
        expect(more).toEqual([]);
        expect(cells).toHaveLength(header?.length ?? 0);
        for (const cell of cells ?? []) expect(cell).not.toMatch(FORMULA);
        const told = Object.fromEntries((header ?? []).map((title, at) => [title, cells?.[at] ?? '']));
        for (const [title, given] of [
          ['name', name],
          ['line1', line],
          ['city', city],
          ['text', text],
        ] as const)
          expect(told[title]).toBe(notAFormula(given));
      }),
    );
  });

  it('hold none either where a line is cut at semicolons, tabs or line breaks', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const part of notAFormula(text).split(/[;\t\r\n]/))
          expect(part).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
      }),
    );
  });

  it.each([
    ['Anna-Maria', 'Anna-Maria'],
    ['12; rue', '12; rue'],
    ['=1+1', "'=1+1"],
    ['a;=1', "a;'=1"],
    ['a; =1', "a;' =1"],
    [' =1', "' =1"],
    ['a\n-1', "a\n'-1"],
    ['', ''],
  ])('%j becomes %j', (given, told) => expect(notAFormula(given)).toBe(told));
});

const HEADERS = [
  ...['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type', 'auto-submitted'],
  ...['list-unsubscribe', 'list-unsubscribe-post', 'content-transfer-encoding'],
];

describe('mail', () => {
  const compose = composer({
    mailFrom: 'Panel <panel@panel.example>',
    mailBounces: undefined,
    dkim: undefined,
  });
  const message = (subject: string, body: string, to = 'one@synthetic.example'): Message => ({
    to,
    messageId: '<0a1b@panel.example>',
    locale: 'ru',
    letter: renderLetter(
      { subject: subject.replace(/[{}]/g, ''), body: body.replace(/[{}]/g, '') },
      {},
      'ru',
    ),
    unsubscribeUrl: 'https://panel.example/stop/ru/x',
  });
  const headerLines = (raw: Buffer) =>
    (raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? '').replace(/\r\n[ \t]+/g, ' ').split(/\r\n|\r|\n/);

  it('has the headers that we give it, whatever a letter says', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (subject, body) => {
        const { raw, envelope } = await compose(message(subject, body));
        const names = headerLines(raw).map((line) => (line.split(':', 1)[0] ?? '').toLowerCase());
        expect(names.filter((name) => !HEADERS.includes(name))).toEqual([]);
        expect(new Set(names).size).toBe(names.length);
        expect(envelope.to).toEqual(['one@synthetic.example']);
      }),
      { numRuns: 60 },
    );
  });

  it('goes to one address: what could be more is none', () => {
    fc.assert(
      fc.property(hostile, hostile, (before, after) => {
        let normal: string | undefined;
        try {
          normal = normalContact('email', `${before}one@synthetic.example${after}`);
        } catch {
          return;
        }
        expect(normal).toMatch(/^[^\s@,;:<>"()]+@[^\s@,;:<>"()]+$/);
      }),
    );
  });
});
