import { readUpdate } from '../../../../src/contact/telegram/update.js';

const private_ = { id: 42, type: 'private', first_name: 'Synthetic' };
const from = { id: 42, is_bot: false, first_name: 'Synthetic', language_code: 'ru' };
const message = (text?: string, chat: object = private_) => ({
  update_id: 7,
  message: { message_id: 1, date: 1, chat, from, ...(text === undefined ? {} : { text }) },
});
const membership = (status: string, chat: object = private_) => ({
  update_id: 8,
  my_chat_member: { chat, from, date: 1, old_chat_member: {}, new_chat_member: { status, until_date: 0 } },
});
const actIn = (update: object) => readUpdate(update)?.chat?.act;

it.each([
  ['/start aB_-9', { kind: 'start', code: 'aB_-9' }],
  ['  /start   aB_-9  and more', { kind: 'start', code: 'aB_-9' }],
  ['/start', { kind: 'start', code: undefined }],
  ['/stop', { kind: 'stop' }],
  ['/stopped', { kind: 'words' }],
  ['Кто вы?', { kind: 'words' }],
  [undefined, { kind: 'words' }],
])('reads the message %p', (text, act) => {
  expect(readUpdate(message(text))).toEqual({ updateId: 7, chat: { id: 42, language: 'ru', act } });
});

it('reads that a person blocked the bot, or took it back', () => {
  expect(actIn(membership('kicked'))).toEqual({ kind: 'blocked' });
  expect(actIn(membership('member'))).toEqual({ kind: 'unblocked' });
  expect(readUpdate(membership('administrator'))).toEqual({ updateId: 8, chat: undefined });
});

it('has nothing to do with groups and channels', () => {
  const group = { id: -100, type: 'supergroup', title: 'Synthetic' };
  expect(readUpdate(message('/start code', group))).toEqual({ updateId: 7, chat: undefined });
  expect(readUpdate(membership('kicked', group))).toEqual({ updateId: 8, chat: undefined });
});

it('passes over what it did not ask for', () => {
  expect(readUpdate({ update_id: 9, poll: { id: '1' } })).toEqual({ updateId: 9, chat: undefined });
});

it.each([undefined, null, 'update', {}, { update_id: '7' }, { update_id: 7, message: { chat: 42 } }])(
  'does not take %p for an update',
  (body) => expect(readUpdate(body)).toBeUndefined(),
);
