import { WIDEST_HOURS } from '../../../src/contact/decide/hours.js';
import {
  choicesBefore,
  monthOfPause,
  remindChoice,
  reminderAt,
  writableBy,
} from '../../../src/contact/remind.js';

const NOW = new Date('2026-03-10T10:40:00Z');
const at = (instant: string) => new Date(instant);

it('what comes after the close is not offered; a pause always is', () => {
  expect(choicesBefore(undefined, NOW)).toEqual(['tomorrow', 'three-days', 'week', 'pause']);
  expect(choicesBefore(at('2026-03-17T10:00:01Z'), NOW)).toHaveLength(4);
  expect(choicesBefore(at('2026-03-17T10:00:00Z'), NOW)).toEqual(['tomorrow', 'three-days', 'pause']);
  expect(choicesBefore(at('2026-03-11T09:00:00Z'), NOW)).toEqual(['pause']);
});

it('a reminder comes when it was asked for, to the hour, and before the close', () => {
  const late = at('2026-04-01T00:00:00Z');
  expect(reminderAt('tomorrow', late, NOW)).toEqual(at('2026-03-11T10:00:00Z'));
  expect(reminderAt('three-days', late, NOW)).toEqual(at('2026-03-13T10:00:00Z'));
  expect(reminderAt('week', late, NOW)).toEqual(at('2026-03-17T10:00:00Z'));
  expect(reminderAt('week', at('2026-03-14T00:00:00Z'), NOW)).toEqual(at('2026-03-13T10:00:00Z'));
  expect(reminderAt('week', at('2026-03-11T00:00:00Z'), NOW)).toBeUndefined();
});

it('whoever asks in the evening to be reminded tomorrow is reminded tomorrow, at the last hour of the day', () => {
  const belgrade = (chosen: string) =>
    writableBy(at(chosen), at('2026-03-10T10:40:00Z'), ['Europe/Belgrade'], WIDEST_HOURS);
  expect(belgrade('2026-03-11T11:00:00Z')).toEqual(at('2026-03-11T11:00:00Z'));
  expect(belgrade('2026-03-11T19:00:00Z')).toEqual(at('2026-03-11T18:00:00Z')); // 20:00 there is too late, 19:00 is not
  expect(belgrade('2026-03-11T22:00:00Z')).toEqual(at('2026-03-11T18:00:00Z'));
  expect(belgrade('2026-03-11T05:00:00Z')).toEqual(at('2026-03-10T18:00:00Z')); // in the night: the evening before
  const noHour = { ...WIDEST_HOURS, days: [] };
  expect(writableBy(at('2026-03-11T22:00:00Z'), NOW, ['Europe/Belgrade'], noHour)).toEqual(
    at('2026-03-11T22:00:00Z'),
  );
});

it('a pause of a month holds at once wherever it is still yesterday', () => {
  expect(monthOfPause(NOW)).toEqual({ fromOn: '2026-03-09', untilOn: '2026-04-09' });
  expect(monthOfPause(at('2026-03-10T13:00:00Z'))).toEqual({ fromOn: '2026-03-10', untilOn: '2026-04-09' });
});

it('no other choice is taken', () => {
  expect(remindChoice('week')).toBe('week');
  for (const posted of ['', 'month', undefined, ['week'], 7]) expect(remindChoice(posted)).toBeUndefined();
});
