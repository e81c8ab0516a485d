import { readReport } from '../../../../src/contact/mail/report.node.js';
import { BOUNCES, deliveryReport, HOST, MESSAGE_ID, SAMPLES } from '../../../make/bounce-mail.js';

const OURS = { bounces: BOUNCES, host: HOST };

test.each(Object.entries(SAMPLES))('%s', async (_name, { raw, kind, code }) => {
  expect(await readReport(raw, OURS)).toEqual({
    kind,
    code,
    messageId: kind === 'none' ? undefined : MESSAGE_ID,
  });
});

test('lines may end in a line feed alone', async () => {
  for (const { raw, kind, code } of Object.values(SAMPLES)) {
    const unix = Buffer.from(raw.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    expect(await readReport(unix, OURS)).toMatchObject({ kind, code });
  }
});

test('without an address for bounces the returned head tells the message', async () => {
  const fields = ['Final-Recipient: rfc822; x@synthetic.example', 'Action: failed', 'Status: 5.1.1'];
  const raw = deliveryReport({ to: 'panel@panel.example', fields });
  const ours = { bounces: undefined, host: HOST };
  expect(await readReport(raw, ours)).toMatchObject({ kind: 'bounced', messageId: MESSAGE_ID });
  const nothing = deliveryReport({ to: 'panel@panel.example', fields, returned: 'none' });
  expect(await readReport(nothing, ours)).toMatchObject({ kind: 'bounced', messageId: undefined });
  expect(await readReport(raw, { ...ours, host: 'other.example' })).toMatchObject({ messageId: undefined });
});

test('a head that is given back in base64 is read, too', async () => {
  const raw = deliveryReport({
    to: 'x@panel.example',
    fields: ['Action: failed', 'Status: 5.1.1'],
  }).toString();
  const head = `From: a@panel.example\r\nMessage-ID: ${MESSAGE_ID}\r\n`;
  const encoded = raw.replace(
    /Content-Type: text\/rfc822-headers[\s\S]*?body/,
    () =>
      `Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(head).toString('base64')}`,
  );
  expect(encoded).not.toContain(MESSAGE_ID);
  expect(await readReport(Buffer.from(encoded), OURS)).toMatchObject({ messageId: MESSAGE_ID });
});

test.each([
  ['', 'nothing'],
  ['\0\0\0', 'zeros'],
  ['Content-Type: multipart/report; boundary=""\r\n\r\n--\r\n', 'no boundary'],
  [`Content-Type: multipart/report; boundary=x\r\n\r\n${'--x\r\n'.repeat(2000)}`, 'parts without end'],
  [`From: mailer-daemon@x.example\r\n\r\n${'5.'.repeat(50_000)}`, 'numbers without end'],
  [`From: ${'<'.repeat(50_000)}\r\nTo: ${'bounces+'.repeat(10_000)}\r\n\r\nx`, 'brackets without end'],
])('what is no mail is nothing, and soon (%#)', async (text) => {
  const began = performance.now();
  expect((await readReport(Buffer.from(text), OURS)).kind).toBe('none');
  expect(performance.now() - began).toBeLessThan(3000);
});
