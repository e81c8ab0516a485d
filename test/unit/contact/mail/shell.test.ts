import { inShell } from '../../../../src/contact/mail/shell.node.js';
import { renderLetter } from '../../../../src/contact/letter.js';

const LINK = 'https://panel.example/go/nrd/a/ru#token';
const STOP = 'https://panel.example/stop/ru/token';
const letter = (subject: string, locale: string) =>
  renderLetter(
    { subject, body: 'Текст $& $1\n\n[Открыть]({link})\n\n[Не писать]({unsubscribeLink})' },
    { link: LINK, unsubscribeLink: STOP, minutes: '12', closesOn: '1 апреля' },
    locale,
  );

test.each(['ru', 'en'])(
  'a mail in %s says its language and title, and holds the letter as it is',
  async (locale) => {
    const made = letter('Опрос <2> & "ещё"', locale);
    const html = await inShell(made, locale);
    expect(html).toContain(`<html lang="${locale}"`);
    expect(html).toContain('<title>Опрос &lt;2&gt; &amp; &quot;ещё&quot;</title>');
    expect(html.split(made.html)).toHaveLength(2);
    expect(html).not.toMatch(/onwardletter/);
  },
);

test('nothing is loaded from anywhere: no address but the letter’s own', async () => {
  const html = await inShell(letter('Опрос', 'ru'), 'ru');
  expect([...new Set(html.match(/https?:[^"'\s<)]+/g))].sort()).toEqual([LINK, STOP].sort());
  expect(html).not.toMatch(/@import|url\(|<link|<img|<script|src=|\/\/fonts/i);
});

test('it follows dark mode and is no wider than the screen', async () => {
  const html = await inShell(letter('Опрос', 'ru'), 'ru');
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  expect(html).toContain('@media (prefers-color-scheme: dark)');
  expect(html).toContain('name="viewport" content="width=device-width');
  const forOutlookAlone = /<!--\[if[^>]*\]>(?!<!-->)[\s\S]*?<!\[endif\]-->/g;
  expect(html.replace(forOutlookAlone, '')).not.toMatch(/(^|[^-])width[:=]\s*"?\d{3,}(px|")/);
});
