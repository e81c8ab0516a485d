import { missingCode } from '../questionnaire/missing.js';
import { type Dataset, date, number, PIDP, text } from './column.js';
import { literal } from './sql-text.js';

/** A wave that keeps in touch between the surveys. */
export interface CheckIn {
  waveId: string;
  letter: string;
}

const OUTCOMES = [
  {
    en: 'Confirmed: still there, same contact, nothing changed',
    ru: 'Подтверждено: всё там же, контакт тот же, перемен нет',
  },
  {
    en: 'Updated: a new place, another contact or a change was told',
    ru: 'Обновлено: сообщили о новом месте, другом контакте или перемене',
  },
  { en: 'Bounced: the message could not be delivered', ru: 'Не доставлено: сообщение не дошло' },
  { en: 'Silent: no answer by the end', ru: 'Молчание: ответа до конца срока не было' },
];

/**
 * What came of the check-ins between waves, one row for each that has ended. A questionnaire that keeps in touch asks by the items
 * `res_same` and `spells` (residence module), `contact_ok` and `any_change`.
 */
export function keepInTouch(checkIns: readonly CheckIn[]): Dataset {
  const ids = checkIns.map(({ waveId }) => literal(waveId)).join(', ');
  return {
    file: 'keepintouch.csv',
    label: { en: 'Check-ins between waves that have ended', ru: 'Завершённые проверки связи между волнами' },
    key: ['pidp', 'checkin'],
    columns: [
      PIDP,
      text('checkin', 't.letter', { en: 'Letter of the check-in', ru: 'Буква проверки связи' }),
      {
        ...number(
          'outcome',
          't.outcome',
          { en: 'Outcome of the check-in', ru: 'Итог проверки связи' },
          { measure: 'nominal', missing: ['refused'] },
        ),
        values: OUTCOMES.map((label, index) => ({ code: index + 1, value: index + 1, label })),
      },
      date('outcomeon', 'coalesce(t.submitted_on, t.finished_on)', {
        en: 'Date of the answer, else of the end',
        ru: 'Дата ответа, иначе — окончания',
      }),
    ],
    from: `
      (SELECT * FROM (
         SELECT p.pidp, w.letter, r.submitted_on, c.finished_on,
                CASE WHEN c.state IN ('complete', 'partial') THEN CASE WHEN ${TOLD_SOMETHING} THEN 2 ELSE 1 END
                     WHEN c.state = 'undeliverable' THEN 3
                     WHEN c.state IN ('expired', 'broke_off') THEN 4
                     WHEN c.state IN ('refused', 'withdrawn') THEN ${missingCode('refused', false)} END AS outcome
         FROM export_pidp p
         JOIN issued_case c ON c.member_id = p.member_id AND c.wave_id ${ids ? `IN (${ids})` : 'IS NULL'}
         JOIN wave w ON w.id = c.wave_id
         LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
       ) AS ended
       WHERE outcome IS NOT NULL ORDER BY pidp, letter OFFSET 0) AS t`,
  };
}

/** As `somethingChanged` of wave/check-in.ts says it; a row of places that says nothing tells nothing. */
const TOLD_SOMETHING = `(
  r.answers ->> 'res_same' IN ('moved', 'wrong') OR r.answers ->> 'contact_ok' = 'no'
  OR jsonb_path_exists(r.answers, '$.spells[*] ? (exists(@.keyvalue()))')
  OR jsonb_path_exists(r.answers, '$.any_change[*] ? (@ != "none" && @ != "refused")'))`;
