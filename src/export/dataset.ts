import { type VariableTable } from '../questionnaire/variable/variable.js';
import { CASES, effectiveDisposition, interviewColumns, interviewsOf } from './case-sql.js';
import { type Column, type Dataset, date, hostCountry, number, PIDP, text, yesNo } from './column.js';
import { literal } from './sql-text.js';
import { variableColumn, variablesOf, type WaveSource } from './variable-column.js';

/** Every dataset of a wave: respondents, their child tables, every issued case whether or not it answered, and its messages. */
export function waveDatasets(wave: WaveSource): Dataset[] {
  return [respondents(wave), ...children(wave), issued(wave), contacts(wave)];
}

const inWave = ({ waveId }: WaveSource): string => interviewsOf([{ waveId, nr: 1 }]);

function respondents(wave: WaveSource): Dataset {
  const prefix = `${wave.letter}_`;
  return {
    file: `${prefix}indresp.csv`,
    label: {
      en: `Respondents of wave ${wave.letter}: complete and partial interviews`,
      ru: `Ответившие в волне ${wave.letter}: полные и частичные интервью`,
    },
    key: ['pidp'],
    columns: [
      PIDP,
      hostCountry(prefix),
      ...interviewColumns(prefix),
      ...variablesOf(wave, 'main').map((variable) => variableColumn(variable, prefix, 't.d')),
    ],
    from: `${inWave(wave)} AS t`,
  };
}

function children(wave: WaveSource): Dataset[] {
  const prefix = `${wave.letter}_`;
  const tables = new Map<string, VariableTable>(
    wave.versions.toReversed().flatMap(({ tables: all }) => all.map((table) => [table.name, table])),
  );
  tables.delete('main');
  return [...tables.values()].map((table) => ({
    file: `${prefix}${table.name}.csv`,
    label: table.label,
    key: ['pidp', ...table.index.map((name) => prefix + name)],
    columns: [
      PIDP,
      ...variablesOf(wave, table.name).map((variable) => variableColumn(variable, prefix, 't.e')),
    ],
    from: `(SELECT t.pidp, entry.value AS e
            FROM ${inWave(wave)} AS t, jsonb_array_elements(t.children -> ${literal(table.name)}) WITH ORDINALITY AS entry(value, nr)
            ORDER BY t.pidp, entry.nr OFFSET 0) AS t`,
  }));
}

function issued(wave: WaveSource): Dataset {
  const prefix = `${wave.letter}_`;
  const standing = { decided: 't.decided', state: 't.state', share: 't.answered_share' };
  return {
    file: `${prefix}indsamp.csv`,
    label: {
      en: `Every case issued in wave ${wave.letter}, answered or not`,
      ru: `Все случаи волны ${wave.letter}, с ответом и без ответа`,
    },
    key: ['pidp'],
    columns: [
      PIDP,
      hostCountry(prefix),
      ...entryColumns(prefix),
      text(`${prefix}state`, 't.state', { en: 'State of the case', ru: 'Состояние случая' }),
      text(`${prefix}disp`, effectiveDisposition(standing, wave.partialRule), {
        en: 'Disposition (AAPOR Standard Definitions, 10th edition, 2023); as it stands where the case is under way',
        ru: 'Итог случая (AAPOR Standard Definitions, 10-е изд., 2023); для незавершённых — на момент выгрузки',
      }),
      yesNo(`${prefix}final`, 't.decided IS NOT NULL', {
        en: 'The disposition is final',
        ru: 'Итог окончательный',
      }),
      yesNo(`${prefix}overridden`, 't.overridden', {
        en: 'The disposition was decided by staff, not computed',
        ru: 'Итог определён сотрудником, а не вычислен',
      }),
      text(`${prefix}intlang`, 't.locale', { en: 'Language of contact', ru: 'Язык контакта' }),
      date(`${prefix}issuedon`, 't.issued_on', {
        en: 'Date on which the case was issued',
        ru: 'Дата включения случая в волну',
      }),
      date(`${prefix}finishedon`, 't.finished_on', {
        en: 'Date on which the case ended; empty while it is under way',
        ru: 'Дата завершения случая; пусто, пока он не завершён',
      }),
      number(`${prefix}ncontacts`, 't.contacts', {
        en: 'Messages sent to the person',
        ru: 'Отправлено сообщений',
      }),
    ],
    from: `
      (SELECT p.pidp, m.host_country, m.cohort, m.recruitment_source, c.*, r.answered_share,
              (SELECT count(*) FROM contact_attempt a
               WHERE a.member_id = c.member_id AND a.wave_id = c.wave_id AND a.state = 'sent') AS contacts
       FROM export_pidp p
       JOIN ${CASES} AS c ON c.member_id = p.member_id AND c.wave_id = ${literal(wave.waveId)}
       JOIN member m ON m.id = p.member_id
       LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
       ORDER BY p.pidp OFFSET 0) AS t`,
  };
}

/** How a member came into the panel. */
export const entryColumns = (prefix = ''): Column[] => [
  text(`${prefix}cohort`, 't.cohort', { en: 'Entry cohort', ru: 'Когорта вступления' }),
  text(`${prefix}source`, 't.recruitment_source', {
    en: 'Recruitment source',
    ru: 'Источник набора',
  }),
];

function contacts(wave: WaveSource): Dataset {
  const prefix = `${wave.letter}_`;
  return {
    file: `${prefix}contacts.csv`,
    label: {
      en: `Messages of wave ${wave.letter}: planned, sent or not sent`,
      ru: `Сообщения волны ${wave.letter}: запланированные, отправленные и неотправленные`,
    },
    key: ['pidp', `${prefix}attempt`],
    columns: [
      PIDP,
      number(`${prefix}attempt`, 't.nr', {
        en: 'Number of the message, in the order of their due dates',
        ru: 'Номер сообщения по порядку сроков',
      }),
      text(`${prefix}step`, 't.step', { en: 'Step of the contact plan', ru: 'Шаг плана контактов' }),
      text(`${prefix}channel`, 't.channel', { en: 'Channel', ru: 'Канал' }),
      text(`${prefix}ctstate`, 't.state', {
        en: 'State of the message: planned, sending, sent, suppressed, failed, unknown',
        ru: 'Состояние сообщения: planned — в плане, sending — отправляется, sent — отправлено, suppressed — не нужно, failed — не удалось, unknown — неизвестно',
      }),
      date(`${prefix}dueon`, 't.due_at::date', { en: 'Date on which it was due', ru: 'Срок отправки' }),
      date(`${prefix}senton`, 't.sent_at::date', {
        en: 'Date on which it was sent; empty where it was not',
        ru: 'Дата отправки; пусто, если не отправлено',
      }),
      text(`${prefix}ctreason`, 't.reason', {
        en: 'Why it was not sent, or not yet (code); empty where it was',
        ru: 'Почему не отправлено или ещё не отправлено (код); пусто, если отправлено',
      }),
      number(`${prefix}tries`, 't.tries', { en: 'Times that sending was tried', ru: 'Попыток отправки' }),
      text(`${prefix}ctlang`, 't.locale', {
        en: 'Language in which it was sent; empty where it was not',
        ru: 'Язык отправленного; пусто, если не отправлено',
      }),
    ],
    from: `
      (SELECT p.pidp, a.*, row_number() OVER (PARTITION BY p.pidp ORDER BY a.due_at, a.step) AS nr
       FROM export_pidp p JOIN contact_attempt a ON a.member_id = p.member_id AND a.wave_id = ${literal(wave.waveId)}
       ORDER BY p.pidp, nr OFFSET 0) AS t`,
  };
}
