import { standingConsents } from '../consent/standing-sql.js';
import { missingCode } from '../questionnaire/missing.js';
import { waveNumber } from '../questionnaire/feed/fed.js';
import { aliasPart, NameRegister } from '../questionnaire/variable/variable-names.js';
import { CASES, effectiveDisposition, isInterview } from './case-sql.js';
import {
  type Column,
  type Dataset,
  date,
  hostCountry,
  number,
  orMissing,
  PIDP,
  text,
  yesNo,
} from './column.js';
import { entryColumns } from './dataset.js';
import { literal } from './sql-text.js';
import { type WaveSource } from './variable-column.js';

const INAPPLICABLE = missingCode('inapplicable', false);

/**
 * Everyone who was ever in the panel: how they came into it, what became of them in each wave, and the arms that they were drawn into.
 * @param experiments  ids, as the study file has them
 * @param consents     ids, as the study file has them
 */
export function everyone(
  studyId: string,
  waves: readonly Pick<WaveSource, 'waveId' | 'letter' | 'partialRule'>[],
  experiments: readonly string[],
  consents: readonly string[],
): Dataset {
  const answered = (letter: string) => `t.${letter}_answered`;
  const edge = (order: typeof waves) =>
    `CASE ${order.map(({ letter }) => `WHEN ${answered(letter)} THEN ${waveNumber(letter)}`).join(' ')} ELSE ${INAPPLICABLE} END`;
  const never = { missing: ['inapplicable' as const] };
  return {
    file: 'xwave.csv',
    label: {
      en: 'Everyone who was ever in the panel, with their status in each wave',
      ru: 'Все, кто когда-либо был в панели, и их участие в каждой волне',
    },
    key: ['pidp'],
    columns: [
      PIDP,
      hostCountry(),
      ...entryColumns(),
      ...referralColumns,
      date('joinedon', 't.joined_on', { en: 'Date of joining the panel', ru: 'Дата вступления в панель' }),
      text('memberstatus', 't.status', {
        en: 'Membership: active, withdrawn or dead',
        ru: 'Членство: active — участвует, withdrawn — вышел(а), dead — умер(ла)',
      }),
      text('residence', 't.residence_country', {
        en: 'Country where they are last known to live (ISO 3166-1 alpha-3); empty while only the host country of recruitment is known',
        ru: 'Последняя известная страна проживания (ISO 3166-1 alpha-3); пусто, пока известна лишь страна при вступлении',
      }),
      number('interviews', waves.map(({ letter }) => `${answered(letter)}::int`).join(' + '), {
        en: 'Waves answered, completely or in part',
        ru: 'Волн с полным или частичным интервью',
      }),
      number(
        'firstwave',
        edge(waves),
        { en: 'First wave answered; a is 1', ru: 'Первая волна с ответом; a — 1' },
        never,
      ),
      number(
        'lastwave',
        edge(waves.toReversed()),
        { en: 'Last wave answered; a is 1', ru: 'Последняя волна с ответом; a — 1' },
        never,
      ),
      ...waves.flatMap(({ letter, partialRule }) => {
        const [decided, state, share] = [`t.${letter}_decided`, `t.${letter}_state`, `t.${letter}_share`];
        return [
          text(`${letter}_state`, state, {
            en: `State of the case of wave ${letter}; empty where none was issued`,
            ru: `Состояние случая волны ${letter}; пусто, если человек не был в неё включён`,
          }),
          text(`${letter}_disp`, effectiveDisposition({ decided, state, share }, partialRule), {
            en: `Disposition in wave ${letter} (AAPOR); empty where no case was issued`,
            ru: `Итог случая волны ${letter} (AAPOR); пусто, если человек не был в неё включён`,
          }),
        ];
      }),
      ...armColumns(experiments),
      ...consentColumns(consents),
    ],
    from: `
      (SELECT p.pidp, m.*, rp.pidp AS recruiter, chain.wave AS chain_wave,
              (SELECT jsonb_object_agg(k.purpose, k.given) FROM ${standingConsents('m.id')} AS k) AS consents,
              EXISTS (SELECT FROM member r WHERE r.recruiter_id = m.id) AS recruits
              ${waves.map(({ letter }) => `, ${letter}.state AS ${letter}_state, ${letter}.decided AS ${letter}_decided, ${letter}.answered_share AS ${letter}_share, coalesce(${letter}.answered, false) AS ${letter}_answered`).join('')}
              ${experiments.map((_id, nr) => `, x${nr}.arm AS arm_${nr}`).join('')}
       FROM export_pidp p
       JOIN member m ON m.id = p.member_id
       LEFT JOIN export_pidp rp ON rp.member_id = m.recruiter_id
       LEFT JOIN ${CHAIN(studyId)} AS chain ON chain.id = m.id
       ${waves.map(({ waveId, letter }) => `LEFT JOIN ${STATUS(waveId)} AS ${letter} ON ${letter}.member_id = m.id`).join('\n')}
       ${experiments.map((id, nr) => `LEFT JOIN experiment_arm x${nr} ON x${nr}.member_id = m.id AND x${nr}.experiment = ${literal(id)}`).join('\n')}
       ORDER BY p.pidp OFFSET 0) AS t`,
  };
}

const STATUS = (waveId: string) => `
  (SELECT c.member_id, c.state, c.decided, r.answered_share, ${isInterview('c.decided')} AND r.member_id IS NOT NULL AS answered
   FROM ${CASES} AS c LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
   WHERE c.wave_id = ${literal(waveId)})`;

/** Steps from the person with whom a chain of referrals began; whoever nobody recruited begins one with their first recruit. */
const CHAIN = (studyId: string) => `
  (WITH RECURSIVE chain AS (
     SELECT m.id, 0 AS wave FROM member m
     WHERE m.study_id = ${literal(studyId)} AND m.recruiter_id IS NULL AND EXISTS (SELECT FROM member r WHERE r.recruiter_id = m.id)
     UNION ALL SELECT m.id, chain.wave + 1 FROM chain JOIN member m ON m.recruiter_id = chain.id
   ) SELECT * FROM chain)`;

const referralColumns: Column[] = [
  {
    ...number(
      'recruiter',
      't.recruiter',
      {
        en: 'Person number of whoever recruited them; empty where nobody in the panel did',
        ru: 'Номер того, кто пригласил в панель; пусто, если никто из участников',
      },
      { measure: 'nominal' },
    ),
    namesPerson: true,
  },
  yesNo('coupon', 't.coupon IS NOT NULL', { en: 'Came with a coupon', ru: 'Пришёл(ла) с купоном' }),
  yesNo('seed', 't.recruiter_id IS NULL AND t.recruits', {
    en: 'Seed: recruited others and was recruited by nobody in the panel',
    ru: 'Начало цепочки: пригласил(а) других, а самого (саму) никто из участников не приглашал',
  }),
  number(
    'rds_wave',
    `CASE WHEN t.recruiter_id IS NULL AND NOT t.recruits THEN ${INAPPLICABLE} ELSE ${orMissing('t.chain_wave', 'error')} END`,
    {
      en: 'Steps of referral from the seed; 0 for a seed, inapplicable outside chains, error where a chain has no beginning',
      ru: 'Шагов приглашения от начала цепочки; 0 — начало, неприменимо вне цепочек, ошибка — у цепочки нет начала',
    },
    { missing: ['inapplicable', 'error'] },
  ),
];

function armColumns(experiments: readonly string[]): Column[] {
  const names = new NameRegister();
  return experiments.map((id, nr) =>
    text(names.take('xwave', ['exp', aliasPart(id)], id), `t.arm_${nr}`, {
      en: `Arm of the experiment ${id}: declared (asked as the questionnaire says) or independent; empty where none was drawn`,
      ru: `Группа эксперимента ${id}: declared — как задано в анкете, independent — независимо; пусто, если не распределён(а)`,
    }),
  );
}

function consentColumns(consents: readonly string[]): Column[] {
  const names = new NameRegister();
  return consents.map((id) => {
    const name = names.take('xwave', ['consent', aliasPart(id)], id);
    const given = yesNo(name, `t.consents -> ${literal(id)} = 'true'`, {
      en: `The consent ${id} as it stands now; inapplicable where it was never asked for`,
      ru: `Согласие ${id}, как оно действует сейчас; неприменимо, если о нём не спрашивали`,
    });
    return { ...given, sql: orMissing(given.sql, 'inapplicable'), missing: ['inapplicable'] };
  });
}
