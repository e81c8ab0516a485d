import { renderLetter } from '../../../src/contact/letter.js';

const FIELDS = {
  link: 'https://panel.example/go/nrd/a/ru#token',
  unsubscribeLink: 'https://panel.example/stop/ru/token',
  minutes: '12–15',
  closesOn: '1 апреля',
};
const render = (body: string, subject = 'Опрос') => renderLetter({ subject, body }, FIELDS, 'ru');

it('fills subject and body', () => {
  const { subject, text, html } = render('До {closesOn}, {minutes} мин.', 'Опрос до {closesOn}');
  expect([subject, text]).toEqual(['Опрос до 1 апреля', 'До 1 апреля, 12–15 мин.\n']);
  expect(html).toContain('<p>До 1 апреля, 12–15 мин.</p>');
});

it('puts each address of the text on a line of its own, and links it in HTML', () => {
  const { text, html } = render('[Открыть]({link}).\n\n[Не писать]({unsubscribeLink}). Ответы останутся.');
  expect(text).toBe(`Открыть:\n${FIELDS.link}\n\nНе писать:\n${FIELDS.unsubscribeLink}\nОтветы останутся.\n`);
  expect(html).toContain(`<a href="${FIELDS.link}">Открыть</a>`);
});

it('leaves a link as it is, also where its random letters look like marks', () => {
  const link = 'https://panel.example/go/nrd/a/ru#a__b-__c__d';
  const { text, html } = renderLetter(
    { subject: 'x', body: '**Вот** [Открыть]({link})' },
    { ...FIELDS, link },
    'ru',
  );
  expect(text).toBe(`Вот Открыть:\n${link}\n`);
  expect(html).toContain(`<a href="${link}">Открыть</a>`);
});

it('keeps the text readable without its marks', () => {
  expect(render('Это **важно** и __верно__.').text).toBe('Это важно и верно.\n');
});

it('lets no markup and no picture through, and says its language', () => {
  const { html } = render(
    '<img src=x onerror=alert(1)> <b>x</b> ![x](https://other.example/pixel)',
    '<script>',
  );
  expect(html).not.toMatch(/<img|<b>|<script/);
  expect(html).toMatch(/^<div lang="ru">[^]*<\/div>$/);
});

it('keeps a subject on one line, so that it can add no header', () => {
  expect(render('x', 'Опрос\r\nBcc: someone@example.org').subject).toBe('Опрос Bcc: someone@example.org');
});

it.each(['{name}', '{toString}', '{__proto__}', '{constructor}'])(
  'refuses to be filled with %s',
  (placeholder) => {
    expect(() => render(placeholder)).toThrow(
      expect.objectContaining({ code: 'contact.letter_placeholder_unknown' }),
    );
  },
);
