import {
  recipientVerdict,
  replyIn,
  statusIn,
  type Verdict,
  verdictOf,
} from '../../../../src/contact/mail/status-code.js';

const byStatus: [string, Verdict][] = [
  ['5.1.0', 'bounced'],
  ['5.1.1', 'bounced'],
  ['5.1.2', 'bounced'],
  ['5.1.3', 'bounced'],
  ['5.1.6', 'bounced'],
  ['5.1.10', 'bounced'],
  ['5.1.7', 'refused'], // the sender's address
  ['5.1.8', 'refused'],
  ['5.1.90', 'refused'], // the sender's quota at Microsoft
  ['5.2.1', 'bounced'],
  ['5.2.2', 'soft'],
  ['5.2.3', 'refused'],
  ['5.3.4', 'refused'],
  ['5.4.1', 'bounced'],
  ['5.4.4', 'bounced'],
  ['5.4.310', 'bounced'],
  ['5.4.6', 'refused'], // a loop on their side
  ['5.4.7', 'soft'],
  ['5.5.0', 'refused'],
  ['5.6.1', 'refused'],
  ['5.7.1', 'refused'],
  ['5.7.26', 'refused'],
  ['5.0.0', 'refused'],
  ['4.1.1', 'soft'],
  ['4.2.2', 'soft'],
  ['4.7.1', 'soft'],
];

test.each(byStatus)('%s is %s', (status, verdict) => {
  expect(verdictOf({ status, reply: undefined, words: '' })).toBe(verdict);
});

test.each([
  ['5.7.1', 'No such user!', 'bounced'], // Yandex
  ['5.0.0', 'user unknown', 'bounced'],
  ['5.5.0', 'Mailbox not found', 'bounced'],
  ['5.7.1', 'Message rejected under suspicion of SPAM', 'refused'],
  ['5.7.26', 'No such user', 'refused'], // a code of its own beats words
  ['4.2.0', 'No such user', 'soft'],
] as const)('%s with the words "%s" is %s', (status, words, verdict) => {
  expect(verdictOf({ status, reply: 550, words })).toBe(verdict);
});

test('a bare 550 is about the address when it answers the recipient, else only if its words say so', () => {
  const bare = { status: undefined, reply: 550, words: '550 spam message rejected' };
  expect([recipientVerdict(bare), verdictOf(bare)]).toEqual(['bounced', 'refused']);
  expect(verdictOf({ ...bare, words: '550 Invalid mailbox. User not found' })).toBe('bounced');
});

test('a recipient is refused for the command’s form, or a full mailbox, without being dead', () => {
  const answer = (reply: number, status?: string) => recipientVerdict({ status, reply, words: '' });
  expect([answer(552), answer(552, '5.2.2'), answer(450)]).toEqual(['soft', 'soft', 'soft']);
  expect([answer(500), answer(502), answer(504)]).toEqual(['refused', 'refused', 'refused']);
  expect([answer(550, '5.5.0'), answer(550, '5.7.1'), answer(553)]).toEqual([
    'bounced',
    'refused',
    'bounced',
  ]);
});

test('codes are found in servers’ words, and numbers of other kinds are not', () => {
  expect(statusIn('550-5.1.1 The email account')).toBe('5.1.1');
  expect(statusIn('Sorry, no mailbox here. (#5.1.1)')).toBe('5.1.1');
  expect(statusIn('Status: 4.2.2')).toBe('4.2.2');
  expect(statusIn('host 5.1.1.7 said no')).toBeUndefined();
  expect(statusIn('version 15.1.1')).toBeUndefined();
  expect([replyIn('smtp; 550 no'), replyIn('said: 452-4.2.2 full'), replyIn('in 1550 days')]).toEqual([
    550,
    452,
    undefined,
  ]);
});
