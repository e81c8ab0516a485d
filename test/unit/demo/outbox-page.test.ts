import { linked, outboxPage } from '../../../src/demo/outbox-page.js';
import type { SinkMessage } from '../../../src/kit/smtp-sink.js';

const message = (more: Partial<SinkMessage> = {}): SinkMessage => ({
  id: '000001',
  from: 'panel@example.org',
  to: ['anna@example.org'],
  subject: 'Приглашение',
  receivedAt: new Date('2027-03-01T09:05:00Z'),
  text: 'Здравствуйте',
  ...more,
});

test('newest first, with subject, recipient and time', () => {
  const page = outboxPage([message(), message({ id: '000002', subject: 'Reminder' })]);
  expect(page.indexOf('Reminder')).toBeLessThan(page.indexOf('Приглашение'));
  expect(page).toContain('<time datetime="2027-03-01T09:05:00.000Z">2027-03-01 09:05 UTC</time>');
  expect(page).toContain('anna@example.org');
});

test('nothing in a message becomes a part of the page', () => {
  const evil = `"><script>alert(1)</script>'&`;
  const hostile = message({ id: evil, from: evil, to: [evil], subject: evil, text: evil, html: evil });
  for (const page of [outboxPage([hostile]), outboxPage([hostile], hostile)]) {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('">alert');
  }
});

test.each([
  ['See https://a.example/#x_1-2?b=1&c=2.', 'https://a.example/#x_1-2?b=1&amp;c=2', '.'],
  ['(http://127.0.0.1:8080/ru)', 'http://127.0.0.1:8080/ru', ')'],
  ['«https://пример.рф/путь»', 'https://пример.рф/путь', '»'],
])('the address in %s is a link', (text, url, after) => {
  expect(linked(text)).toContain(`href="${url}"`);
  expect(linked(text)).toContain(`>${url}</a>${after}`);
});

test('other schemes and quotes do not make links or attributes', () => {
  expect(linked('javascript:alert(1) data:text/html,x')).toBe('javascript:alert(1) data:text/html,x');
  expect(linked('http://a/" onclick="x')).toBe(
    '<a href="http://a/" target="_blank" rel="noopener noreferrer">http://a/</a>&quot; onclick=&quot;x',
  );
});

test('a long list says how much it leaves out', () => {
  const many = Array.from({ length: 503 }, (_, n) => message({ id: String(n), subject: `n${n}.` }));
  const page = outboxPage(many);
  expect(page).toContain('Older messages not listed: 3');
  expect(page).toContain('n502.');
  expect(page).not.toContain('>n2.');
});
