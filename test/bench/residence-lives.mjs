// People who lived through four waves and what they said in each, in bulk, in the shape in which the application leaves them.
import { steer } from '../../dist/src/demo/answers.js';
import { makePeople } from '../../dist/src/demo/people.js';
import { drawn, seeded } from '../../dist/src/demo/random.js';
import { QuestionnaireService } from '../../dist/src/questionnaire/questionnaire.service.js';
import { randomAnswers } from '../../dist/src/questionnaire/random-answers.js';
import { recordOf } from '../../dist/src/response/coding.js';
import { StudyService } from '../../dist/src/study/study.service.js';
import { WaveService } from '../../dist/src/wave/wave.service.js';
import { inApp } from './application.mjs';
import { REAL_STUDY } from './sixty-items.mjs';

const WAVES = [
  { letter: 'a', on: '2026-05-12' },
  { letter: 'b', on: '2026-11-10' },
  { letter: 'c', on: '2027-05-11' },
  { letter: 'd', on: '2027-11-09' },
];
const SAID_OF_PLACE = [
  [70, 'same'],
  [20, 'moved'],
  [5, 'wrong'],
  [5, null],
];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NEXT = ['DEU', 'ESP', 'USA', 'RUS', 'GEO', 'SRB', 'KAZ', 'CYP', 'PRT', 'ARM'];

/**
 * A database with so many people of the first study who were interviewed four times.
 * @param lives   how many different ones they lived
 * @param finish  what is to be done there yet, given a connection and a finder of services
 */
export async function interviewed(ground, { size, lives }, finish) {
  const name = `onward_${size}`;
  const env = await ground.database(name, 8080);
  const db = await ground.connect(name);
  const studyId = await inApp(env, async (services) => {
    const opened = await openFourWaves(services, db, REAL_STUDY);
    await addLives(db, opened, livesOf(opened, lives), size);
    await finish(db, services);
    return opened.study.id;
  });
  await db.end();
  return { env, name, studyId, size };
}

/** Loads a study's folder and opens its four waves, each on its day. @returns them with their questionnaires */
async function openFourWaves(services, db, folder) {
  const { studyId } = await services(WaveService).load(folder);
  const waves = [];
  for (const { letter, on } of WAVES) {
    const { id, questionnaireId } = await services(WaveService).byLetter(studyId, letter);
    await db.query('UPDATE wave SET opened_at = $2 WHERE id = $1', [id, on]);
    const questionnaire = await services(QuestionnaireService).get(questionnaireId);
    waves.push({ id, on, questionnaireId, questionnaire });
  }
  return { study: await services(StudyService).get(studyId), waves };
}

/** Different people's complete interviews in all waves, each valid and going on from the one before. The same every time. */
const livesOf = ({ study, waves }, count) =>
  makePeople(count, 1, study.file).map((person) => {
    const random = seeded(person.seed);
    const eligible = { ...person, eligible: true };
    let history = [];
    const interviews = waves.map(({ on, questionnaire }) => {
      const context = { now: new Date(on), ...(history.length > 0 ? { prev: knownOf(history) } : {}) };
      const chosen = history.length > 0 ? saidOf(history, on, random) : {};
      const usual = steer(eligible, true);
      const choose = (item) => (Object.hasOwn(chosen, item.name) ? chosen[item.name] : usual(item));
      const answers = randomAnswers(questionnaire.check, { random, context, choose, blankShare: 0.03 });
      history = historyAfter(history, answers);
      const verdict = questionnaire.check.checkSubmission(answers, context);
      const { record, children, answeredShare, coder } = recordOf(questionnaire, verdict, 'submitted');
      return { answers: verdict.answers, record, children, share: answeredShare, coder };
    });
    return { hostCountry: person.hostCountry, interviews };
  });

/** A place as a later wave shows it: without what is sensitive. */
const shown = (place) => {
  const row = { ...place };
  delete row.sp_basis;
  return row;
};

const knownOf = (history) => ({
  interview_when: 'в мае 2026 года',
  place: history.at(-1).sp_country,
  place_text: history.at(-1).sp_country,
  place_when: 'в мае 2026 года',
  place_class: 'host',
  spells: history.map(shown),
});

/** What a person says in a follow-up wave: mostly that they still live there. */
function saidOf(history, on, random) {
  const said = drawn(random, SAID_OF_PLACE);
  const present = history.at(-1).sp_country;
  if (said === 'moved') {
    const sp_country = NEXT.find((country) => country !== present && random() < 0.3) ?? 'FRA';
    const [year, month] = on.split('-').map(Number);
    const sp_month = random() < 0.1 ? 'dontknow' : MONTHS[month - 2 - Math.floor(random() * 3)];
    return { res_same: said, spells: [{ sp_country, sp_year: year, sp_month, sp_basis: 'work' }] };
  }
  if (said !== 'wrong') return { res_same: said };
  const rest = history.slice(0, -1).map(shown);
  return {
    res_same: said,
    spells_fix: [...rest, { sp_country: present, sp_year: 2024, sp_month: 'summer' }],
  };
}

function historyAfter(history, { res_same: said, spells = [], spells_fix: fixed = [] }) {
  if (said === 'moved') return [...history, ...spells];
  return said === 'wrong' ? fixed : history.length > 0 ? history : spells;
}

/** So many members, each with one of the lives, who have answered every wave; their residence is still to be derived. */
async function addLives(db, { study, waves }, lives, count) {
  await db.query(
    `CREATE TEMP TABLE life AS SELECT gen_random_uuid() AS member_id, (nr - 1) % $1::int AS nr FROM generate_series(1, $2::int) AS nr`,
    [lives.length, count],
  );
  await db.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, time_zone, channels, status, synthetic, joined_on)
     SELECT member_id, $1, 'baseline', 'bench', ($2::text[])[nr + 1], 'ru', NULL, '{email}', 'active', true, $3 FROM life`,
    [study.id, lives.map(({ hostCountry }) => hostCountry), waves[0].on],
  );
  for (const [at, { id, on, questionnaireId }] of waves.entries()) {
    await db.query(
      `INSERT INTO issued_case (member_id, wave_id, state, questionnaire_id, revision, locale, issued_on, plan_from, finished_on, disposition, disposition_edition)
       SELECT member_id, $1, 'complete', $2, 1, 'ru', $3::date, $3::date, $3::date, '1.1', 'AAPOR 10 (2023)' FROM life ORDER BY random()`,
      [id, questionnaireId, on],
    );
    await db.query(
      `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, page,
         locale, saved_on, submitted_on, submission_id, submission_hash, receipt)
       SELECT l.member_id, $1, $2, s.answers, s.record, s.children, s.coder, s.share, 'page10',
         'ru', $3, $3, gen_random_uuid(), sha256(uuid_send(l.member_id)), 'BCDF-GHJK-MNPQ'
       FROM life l JOIN ROWS FROM (jsonb_to_recordset($4::jsonb) AS (answers jsonb, record jsonb, children jsonb, coder text, share real))
         WITH ORDINALITY AS s(answers, record, children, coder, share, nr) ON s.nr = l.nr + 1
       ORDER BY random()`,
      [id, questionnaireId, on, JSON.stringify(lives.map(({ interviews }) => interviews[at]))],
    );
  }
  await db.query('DROP TABLE life');
}
