import { type DescribedColumn, type DescribedDataset } from '../codebook/dataset-codebook.js';
import { missingCode } from '../questionnaire/missing.js';
import { type Texts, type Variable, type VariableTable } from '../questionnaire/variable/variable.js';
import { CASE_STATES } from '../wave/case-state.js';
import { dispositionOf, type PartialRule } from '../wave/disposition.js';
import { identifier, literal, neutralised } from './sql-text.js';

/** A column and the SQL expression of its cell. File and codebook are made from the same ones. */
export interface Column extends DescribedColumn {
  sql: string;
}

/** A file, and the SQL that yields its rows, aliased as `t`. */
export interface Dataset extends DescribedDataset {
  columns: Column[];
  from: string;
}

/** What the datasets of one wave are made from. */
export interface WaveSource {
  waveId: string;
  letter: string;
  /** Variables and child tables of every version that answers were given to, the newest first. */
  versions: { variables: Variable[]; tables: VariableTable[] }[];
  partialRule: PartialRule;
}

/** Every dataset of a wave: respondents, their child tables, and every issued case whether or not it answered. */
export function waveDatasets(wave: WaveSource): Dataset[] {
  return [respondents(wave), ...children(wave), issued(wave)];
}

const PIDP: Column = {
  name: 'pidp',
  type: 'numeric',
  measure: 'nominal',
  label: { en: 'Person number in this export', ru: 'Номер человека в этой выгрузке' },
  missing: [],
  sql: 't.pidp',
};

const text = (name: string, sql: string, label: Texts): Column => ({
  name,
  type: 'string',
  measure: 'nominal',
  label,
  missing: [],
  sql,
});

const date = (name: string, sql: string, label: Texts): Column => ({
  ...text(name, sql, label),
  type: 'date',
  measure: 'scale',
});

const hostCountry = (prefix: string): Column =>
  text(`${prefix}hostcountry`, 't.host_country', {
    en: 'Host country at recruitment (ISO 3166-1 alpha-3)',
    ru: 'Страна пребывания при вступлении в панель (ISO 3166-1 alpha-3)',
  });

// `|| '{}'` in a subquery that OFFSET 0 keeps whole: each record is read from TOAST once, not once a column.
const RESPONDENTS = (waveId: string) => `
  (SELECT p.pidp, m.host_country, m.cohort, c.disposition, r.locale, r.submitted_on, r.answered_share,
          r.record || '{}'::jsonb AS d, r.children
   FROM export_pidp p
   JOIN response r ON r.member_id = p.member_id AND r.wave_id = ${literal(waveId)}
   JOIN issued_case c ON c.member_id = p.member_id AND c.wave_id = r.wave_id AND c.state IN ('complete', 'partial')
   JOIN member m ON m.id = p.member_id
   ORDER BY p.pidp OFFSET 0) AS t`;

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
      text(`${prefix}disp`, 't.disposition', {
        en: 'Final disposition (AAPOR)',
        ru: 'Итог случая (код AAPOR)',
      }),
      date(`${prefix}intdate`, "coalesce(t.submitted_on::text, '')", {
        en: 'Date on which the answers were sent; empty where the wave closed before',
        ru: 'Дата отправки ответов; пусто, если волна закрылась раньше',
      }),
      text(`${prefix}intlang`, 't.locale', { en: 'Language of the interview', ru: 'Язык интервью' }),
      ...variablesOf(wave, 'main').map((variable) => variableColumn(variable, prefix, 't.d')),
    ],
    from: RESPONDENTS(wave.waveId),
  };
}

function children(wave: WaveSource): Dataset[] {
  const prefix = `${wave.letter}_`;
  const tables = new Map(
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
            FROM ${RESPONDENTS(wave.waveId)}, jsonb_array_elements(t.children -> ${literal(table.name)}) WITH ORDINALITY AS entry(value, nr)
            ORDER BY t.pidp, entry.nr OFFSET 0) AS t`,
  }));
}

function issued(wave: WaveSource): Dataset {
  const prefix = `${wave.letter}_`;
  const dispositions = CASE_STATES.map((state) => {
    const sufficient = dispositionOf(state, 'partial', true);
    const other = dispositionOf(state, 'insufficient', true);
    const sql =
      sufficient === other
        ? literal(other)
        : `CASE WHEN t.answered_share >= ${wave.partialRule.breakOffBelow} THEN ${literal(sufficient)} ELSE ${literal(other)} END`;
    return `WHEN ${literal(state)} THEN ${sql}`;
  }).join(' ');
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
      text(`${prefix}cohort`, neutralised('t.cohort'), { en: 'Entry cohort', ru: 'Когорта вступления' }),
      text(`${prefix}source`, neutralised('t.recruitment_source'), {
        en: 'Recruitment source',
        ru: 'Источник набора',
      }),
      text(`${prefix}state`, 't.state', { en: 'State of the case', ru: 'Состояние случая' }),
      text(`${prefix}disp`, `coalesce(t.disposition, CASE t.state ${dispositions} END)`, {
        en: 'Disposition (AAPOR Standard Definitions, 10th edition, 2023); as it stands where the case is under way',
        ru: 'Итог случая (AAPOR Standard Definitions, 10-е изд., 2023); для незавершённых — на момент выгрузки',
      }),
      {
        ...text(`${prefix}final`, '(t.disposition IS NOT NULL)::int', {
          en: 'The disposition is final',
          ru: 'Итог окончательный',
        }),
        type: 'numeric',
        values: [
          { code: 0, value: false, label: { en: 'No', ru: 'Нет' } },
          { code: 1, value: true, label: { en: 'Yes', ru: 'Да' } },
        ],
      },
      text(`${prefix}intlang`, 't.locale', { en: 'Language of contact', ru: 'Язык контакта' }),
      date(`${prefix}issuedon`, 't.issued_on', {
        en: 'Date on which the case was issued',
        ru: 'Дата включения случая в волну',
      }),
      date(`${prefix}finishedon`, 't.finished_on', {
        en: 'Date on which the case ended; empty while it is under way',
        ru: 'Дата завершения случая; пусто, пока он не завершён',
      }),
      {
        ...text(`${prefix}ncontacts`, 't.contacts', {
          en: 'Messages sent to the person',
          ru: 'Отправлено сообщений',
        }),
        type: 'numeric',
        measure: 'scale',
      },
    ],
    from: `
      (SELECT p.pidp, m.host_country, m.cohort, m.recruitment_source, c.*, r.answered_share,
              (SELECT count(*) FROM contact_attempt a
               WHERE a.member_id = c.member_id AND a.wave_id = c.wave_id AND a.state = 'sent') AS contacts
       FROM export_pidp p
       JOIN issued_case c ON c.member_id = p.member_id AND c.wave_id = ${literal(wave.waveId)}
       JOIN member m ON m.id = p.member_id
       LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
       ORDER BY p.pidp OFFSET 0) AS t`,
  };
}

/** The variables of a table over every version: the newest definition of each name, in the order of the questionnaires. */
function variablesOf(wave: WaveSource, table: string): Variable[] {
  const byName = new Map<string, Variable>();
  for (const { variables } of wave.versions)
    for (const variable of variables)
      if (variable.table === table && !byName.has(variable.name)) byName.set(variable.name, variable);
  return [...byName.values()];
}

function variableColumn(variable: Variable, prefix: string, record: string): Column {
  const { type, measure, label, question, values, universe, concept, missing } = variable;
  return {
    name: prefix + variable.name,
    type,
    measure,
    label,
    question,
    ...(values ? { values } : {}),
    universe,
    negatives: variable.negatives,
    ...(concept ? { concept } : {}),
    missing: type === 'numeric' && !missing.includes('notInVersion') ? [...missing, 'notInVersion'] : missing,
    sql: cellOf(variable, record),
  };
}

/** A record's cell; a number that the record lacks altogether was not in the version that the person answered. */
function cellOf({ name, type, source, negatives }: Variable, record: string): string {
  const cell = `${record} ->> ${literal(name)}`;
  if (type === 'string') return neutralised(`(${cell})`);
  if (type !== 'numeric') return cell;
  const absent = literal(String(missingCode('notInVersion', negatives)));
  // The reason beside a text is empty where there is a text, so only its absence tells the version.
  return source.reason
    ? `CASE WHEN ${record} ? ${literal(name)} THEN ${cell} ELSE ${absent} END`
    : `coalesce(${cell}, ${absent})`;
}

/** The statement that writes a dataset as CSV with a header, in the order of its key. */
export const copyStatement = (dataset: Dataset): string =>
  `COPY (SELECT ${dataset.columns.map((column) => `${column.sql} AS ${identifier(column.name)}`).join(', ')}
   FROM ${dataset.from}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')`;
