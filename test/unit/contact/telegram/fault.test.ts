import { deliveryAfter } from '../../../../src/contact/telegram/fault.js';

const after = (status: number | undefined, description = '') =>
  deliveryAfter({ code: `telegram_${status}`, status, description, retryAfterSeconds: undefined });

it.each([
  [403, 'Forbidden: bot was blocked by the user', { kind: 'refused', trouble: 'blocked' }],
  [403, 'Forbidden: user is deactivated', { kind: 'refused', trouble: 'blocked' }],
  [400, 'Bad Request: chat not found', { kind: 'refused', trouble: 'blocked' }],
  [400, 'Bad Request: user not found', { kind: 'refused', trouble: 'blocked' }],
  [400, 'Bad Request: message is too long', { kind: 'refused' }],
  [429, 'Too Many Requests: retry after 7', { kind: 'later', away: true }],
  [401, 'Unauthorized', { kind: 'later', away: true }],
  [404, 'Not Found', { kind: 'later', away: true }],
  [500, 'Internal Server Error', { kind: 'unknown' }],
  [503, 'Service Unavailable', { kind: 'unknown' }],
  [302, 'Found', { kind: 'unknown' }],
  [undefined, '', { kind: 'unknown' }],
])('an answer %p (%s) says what became of the message', (status, description, delivery) => {
  expect(after(status, description)).toEqual({ code: `telegram_${status}`, ...delivery });
});
