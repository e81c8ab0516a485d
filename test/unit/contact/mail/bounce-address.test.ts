import {
  bounceAddress,
  messageIdByAddress,
  messageIdInText,
} from '../../../../src/contact/mail/bounce-address.js';

const BASE = 'bounces@mail.panel.example';
const HOST = 'panel.example';
const ID = '<0a1b2c@panel.example>';

test('the sender of a message tells which one it is, and is read back', () => {
  const address = bounceAddress(BASE, ID);
  expect(address).toBe('bounces+0a1b2c@mail.panel.example');
  for (const text of [address, `<${address}>`, `rfc822;${address}`, `x\nTo: ${address.toUpperCase()}\n`])
    expect(messageIdByAddress(BASE, HOST, text)).toBe(ID);
});

test.each([
  'bounces@mail.panel.example',
  'bounces+0a1b2c@mail.panel.example.evil.example',
  'more-bounces+0a1b2c@mail.panel.example',
  'bounces+0a1b2c@mailxpanel.example',
  'bounces+x<y@mail.panel.example',
])('%s is none of ours', (text) => {
  expect(messageIdByAddress(BASE, HOST, text)).toBeUndefined();
});

test('a returned message is known by its Message-ID, folded or quoted, if its host is ours', () => {
  expect(messageIdInText(HOST, `Subject: x\r\nMessage-Id: ${ID}\r\n`)).toBe(ID);
  expect(messageIdInText(HOST, `> Message-ID:\r\n > ${ID}\r\n`)).toBeUndefined();
  expect(messageIdInText(HOST, `Message-ID:\r\n ${ID}`)).toBe(ID);
  expect(messageIdInText(HOST, `> message-id: ${ID}`)).toBe(ID);
  expect(messageIdInText(HOST, 'Message-ID: <0a1b2c@other.example>')).toBeUndefined();
  expect(messageIdInText(HOST, `In-Reply-To: ${ID}`)).toBeUndefined();
});
