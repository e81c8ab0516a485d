// People, cases and answers in bulk, in the shape in which the application leaves them.
import { ContactService } from '../../dist/src/contact/contact.service.js';
import { steer } from '../../dist/src/demo/answers.js';
import { makePeople } from '../../dist/src/demo/people.js';
import { seeded } from '../../dist/src/demo/random.js';
import { QuestionnaireService } from '../../dist/src/questionnaire/questionnaire.service.js';
import { randomAnswers } from '../../dist/src/questionnaire/random-answers.js';
import { recordOf } from '../../dist/src/response/coding.js';
import { StudyService } from '../../dist/src/study/study.service.js';
import { WaveService } from '../../dist/src/wave/wave.service.js';

/** Loads a study's folder and opens its wave a for a panel that is still empty. */
export async function openStudy(services, folder) {
  const { studyId } = await services(WaveService).load(folder);
  const wave = await services(WaveService).open(studyId, 'a', { kind: 'system' });
  const contacts = services(ContactService);
  await services(WaveService).issueDue(wave.id, contacts.plan.bind(contacts));
  const questionnaire = await services(QuestionnaireService).get(wave.questionnaireId);
  return { study: await services(StudyService).get(studyId), wave, questionnaire };
}

/** Different people's complete answers to a wave, each valid. The same every time. */
export function answersOf({ study, questionnaire }, count) {
  const context = { now: new Date() };
  return makePeople(count, 1, study.file).map((person) => {
    const choose = steer({ ...person, eligible: true }, true);
    const random = seeded(person.seed);
    return randomAnswers(questionnaire.check, { random, context, choose, blankShare: 0.03 });
  });
}

/** Members with an issued case each, who were written to and have opened their link. */
export async function addOpenedCases(db, { study, wave }, count) {
  await db.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, time_zone, channels, status, synthetic, joined_on)
     SELECT gen_random_uuid(), $1, 'baseline', 'bench', (ARRAY['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'])[1 + nr % 5],
            'ru', 'Europe/Belgrade', '{email}', 'active', true, current_date
     FROM generate_series(1, $2::int) AS nr`,
    [study.id, count],
  );
  await db.query(
    `INSERT INTO issued_case (member_id, wave_id, state, questionnaire_id, locale, issued_on, plan_from)
     SELECT m.id, w.id, 'opened', w.questionnaire_id, m.locale, current_date, now()
     FROM member m JOIN wave w ON w.id = $2 WHERE m.study_id = $1`,
    [study.id, wave.id],
  );
  await db.query(
    `INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
     SELECT c.member_id, c.wave_id, lived.*, current_date FROM issued_case c,
       (VALUES (1, 'issue', 'issued'), (2, 'invite', 'invited'), (3, 'open', 'opened')) AS lived(seq, event, state)
     WHERE c.wave_id = $1`,
    [wave.id],
  );
  await db.query(
    `INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at, tries, sent_at, locale)
     SELECT member_id, wave_id, 'invitation', 'sent', 'email', now(), now(), 1, now(), locale FROM issued_case WHERE wave_id = $1`,
    [wave.id],
  );
  await db.query(
    `INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash)
     SELECT sha256(uuid_send(gen_random_uuid())), member_id, wave_id, 'invitation', sha256(uuid_send(gen_random_uuid()))
     FROM issued_case WHERE wave_id = $1`,
    [wave.id],
  );
}

/** A session for each case of a wave. @returns the token of the nth, from 1 */
export async function addSessions(db, { wave }) {
  await db.query(
    `INSERT INTO respondent_session (token_hash, id, member_id, wave_id, expires_on)
     SELECT sha256(convert_to($1 || '-' || row_number() OVER (), 'UTF8')), gen_random_uuid(), member_id, wave_id, current_date + 45
     FROM issued_case WHERE wave_id = $1`,
    [wave.id],
  );
  return (nr) => `${wave.id}-${nr}`;
}

/** Ends every opened case of a wave as a submission would; the sets of answers are dealt out in turn. */
export async function addResponses(db, { wave, questionnaire }, answerSets) {
  const samples = answerSets.map((answers) => {
    const verdict = questionnaire.check.checkSubmission(answers, { now: new Date() });
    const { record, children, answeredShare, coder } = recordOf(questionnaire, verdict, 'submitted');
    return { answers: verdict.answers, record, children, share: answeredShare, coder };
  });
  await db.query(
    `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, page,
       locale, saved_on, submitted_on, submission_id, submission_hash, receipt)
     SELECT c.member_id, c.wave_id, $2, s.answers, s.record, s.children, s.coder, s.share, 'page10',
       c.locale, current_date, current_date, gen_random_uuid(), sha256(uuid_send(c.member_id)), 'BCDF-GHJK-MNPQ'
     FROM (SELECT *, (row_number() OVER () - 1) % $4::int AS nr FROM issued_case WHERE wave_id = $1) AS c
     JOIN ROWS FROM (jsonb_to_recordset($3::jsonb) AS (answers jsonb, record jsonb, children jsonb, coder text, share real))
       WITH ORDINALITY AS s(answers, record, children, coder, share, nr) ON s.nr = c.nr + 1`,
    [wave.id, wave.questionnaireId, JSON.stringify(samples), samples.length],
  );
  await db.query(
    `UPDATE issued_case SET state = 'complete', questionnaire_id = $2, revision = 1, finished_on = current_date,
       disposition = '1.1', disposition_edition = 'AAPOR 10 (2023)' WHERE wave_id = $1`,
    [wave.id, wave.questionnaireId],
  );
}
