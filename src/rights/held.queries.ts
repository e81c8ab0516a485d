import { type EntityManager } from 'typeorm';
import { type CaseFeed, type Compared } from '../questionnaire/feed/fed.js';
import { type Held } from './held.js';

type Answers = Readonly<Record<string, unknown>>;

/** All of one member that lies in the main database, but for what was derived from it; codes where the page has words. */
export interface HeldRows extends Omit<Held, 'on' | 'membership' | 'surveys' | 'consents'> {
  membership: Held['membership'];
  consents: Omit<Held['consents'][number], 'text'>[];
  surveys: {
    letter: string;
    state: Held['surveys'][number]['state'];
    issuedOn: string;
    savedOn: string | null;
    submittedOn: string | null;
    questionnaireId: string | null;
    answers: Answers | null;
    feed: CaseFeed | null;
    compared: Compared | null;
    late: { on: string; answers: Answers }[];
    decisions: Held['surveys'][number]['decisions'];
  }[];
}

const list = (select: string): string =>
  `coalesce((SELECT jsonb_agg(to_jsonb(r)) FROM (${select}) AS r), '[]')`;

/** Read in one statement, so that all of it is of one moment; undefined for who is no member. */
export async function heldOf(tx: EntityManager, memberId: string): Promise<HeldRows | undefined> {
  const rows = await tx.query<HeldRows[]>(
    `SELECT
       jsonb_build_object('status', m.status, 'joinedOn', m.joined_on, 'cohort', m.cohort, 'recruitmentSource', m.recruitment_source,
         'coupon', m.coupon, 'hostCountry', m.host_country, 'locale', m.locale, 'timeZone', m.time_zone, 'channels', m.channels)
         AS membership,
       ${list(`SELECT s.country, s.region, s.moved_in_on AS "from", s.moved_out_on AS "to" FROM residence_spell s
               WHERE s.member_id = m.id AND s.until_nr IS NULL ORDER BY s.moved_in_on, s.moved_out_on NULLS LAST, s.seq`)} AS places,
       ${list(`SELECT p.reported_on AS "on", p.reporter AS "by", p.answers FROM residence_report p
               WHERE p.member_id = m.id ORDER BY p.seq`)} AS "placeReports",
       ${list(`SELECT purpose, given, text_version AS version, decided_on AS "on", "where"
               FROM (SELECT purpose, given, text_version, decided_on, 'survey' AS "where", nr FROM consent WHERE member_id = m.id
                     UNION ALL SELECT purpose, given, text_version, decided_on, way, nr FROM consent_change WHERE member_id = m.id) AS k
               ORDER BY nr`)} AS consents,
       ${list(`SELECT w.letter, c.state, c.issued_on AS "issuedOn", r.saved_on AS "savedOn", r.submitted_on AS "submittedOn",
                      coalesce(r.questionnaire_id, c.questionnaire_id) AS "questionnaireId", r.answers, f.feed, f.compared,
                      ${list(`SELECT l.kept_on AS "on", l.answers FROM late_answers l
                              WHERE l.member_id = c.member_id AND l.wave_id = c.wave_id ORDER BY l.kept_on, l.save_id`)} AS late,
                      ${list(`SELECT o.decided_on AS "on", o.disposition AS code, o.reason FROM disposition_override o
                              WHERE o.member_id = c.member_id AND o.wave_id = c.wave_id ORDER BY o.seq`)} AS decisions
               FROM issued_case c JOIN wave w ON w.id = c.wave_id
               LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
               LEFT JOIN case_feed f ON f.member_id = c.member_id AND f.wave_id = c.wave_id
               WHERE c.member_id = m.id ORDER BY w.opened_at, w.letter`)} AS surveys,
       ${list(`SELECT (a.sent_at AT TIME ZONE 'UTC')::date AS "on", a.channel, w.letter AS survey
               FROM contact_attempt a JOIN wave w ON w.id = a.wave_id
               WHERE a.member_id = m.id AND a.state = 'sent' ORDER BY a.sent_at`)} AS messages,
       ${list(`SELECT p.from_on AS "from", p.until_on AS "until", p.asked_by AS "askedBy" FROM member_pause p
               WHERE p.member_id = m.id ORDER BY p.seq`)} AS pauses,
       ${list(`SELECT s.channel, s.purpose, s.stopped_on AS "on" FROM message_stop s
               WHERE s.member_id = m.id ORDER BY s.stopped_on, s.channel, s.purpose`)} AS stops,
       ${list(`SELECT t.channel, t.kind, t.since_on AS "on" FROM channel_trouble t
               WHERE t.member_id = m.id ORDER BY t.since_on, t.channel`)} AS troubles,
       ${list(`SELECT t.opened_on AS "openedOn", t.reason, t.closed_on AS "closedOn", t.outcome FROM tracing_task t
               WHERE t.member_id = m.id ORDER BY t.seq`)} AS searches,
       ${list(`SELECT e.experiment, e.arm, e.assigned_on AS "on" FROM experiment_arm e
               WHERE e.member_id = m.id ORDER BY e.experiment`)} AS experiments
     FROM member m WHERE m.id = $1`,
    [memberId],
  );
  return rows[0];
}
