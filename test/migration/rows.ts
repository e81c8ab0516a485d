/**
 * Rows put in right after a migration has gone up, by its name: a migration that meets no data proves nothing. They are
 * written by hand as they stood at that moment, and stay as they are when later migrations change the tables.
 */
export const ROWS: Record<string, string[]> = {
  CreateStudiesAndPanel1795305600001: [
    `INSERT INTO study VALUES ('s', 'st', '{"locales": ["ru"], "title": {"ru": "Жизнь"}}', '2026-03-01T10:00:00Z', NULL),
       ('t', 'tt', '{}', '2026-03-01T10:00:00Z', '2026-03-02T10:00:00Z')`,
    `INSERT INTO questionnaire_version VALUES ('v1', 's', '{"pages": []}', '2026-03-01T10:00:00Z'), ('v2', 's', '{}', '2026-03-02T10:00:00Z')`,
    `INSERT INTO letter VALUES ('s', 'invitation', 'ru', 'Тема', E'Текст\\n{link}')`,
    `INSERT INTO wave VALUES ('st-a', 's', 'a', '{"windowDays": 30}', 'v1', '2026-03-02T08:00:00Z', '2026-04-01T08:00:00Z', NULL),
       ('st-b', 's', 'b', '{}', 'v2', NULL, NULL, NULL)`,
    `INSERT INTO member VALUES
       ('00000000-0000-4000-8000-000000000001', 's', 'baseline', 'test', 'SRB', 'ru', 'Europe/Belgrade', '{email}', 'active', true, '2026-03-01'),
       ('00000000-0000-4000-8000-000000000002', 's', 'baseline', 'test', 'KAZ', 'en', NULL, '{}', 'withdrawn', true, '2026-03-01')`,
  ],
  CreateCasesAndAnswers1795305600002: [
    `INSERT INTO issued_case VALUES
       ('00000000-0000-4000-8000-000000000001', 'st-a', 'complete', 'v1', 2, 'ru', '2026-03-02', NULL, '2026-03-03', '1.1', 'tenth'),
       ('00000000-0000-4000-8000-000000000002', 'st-a', 'started', 'v1', 1, 'en', '2026-03-02', '2026-03-03T11:00:00Z', NULL, NULL, NULL)`,
    `INSERT INTO case_event VALUES ('00000000-0000-4000-8000-000000000001', 'st-a', 1, 'issue', 'issued', '2026-03-02', NULL),
       ('00000000-0000-4000-8000-000000000001', 'st-a', 2, 'submit_complete', 'complete', '2026-03-03', 'по ссылке')`,
    `INSERT INTO response VALUES
       ('00000000-0000-4000-8000-000000000001', 'st-a', 'v1', '{"country": "SRB"}', '{"country": 688}', '{"spells": [{"sp_year": 2022}]}', '1', 1,
        'p', 'p', 'ru', '2026-03-03', '2026-03-03', '00000000-0000-4000-8000-00000000000a', '\\x01', 'BCDF-GHJK-MNPQ'),
       ('00000000-0000-4000-8000-000000000002', 'st-a', 'v1', '{}', '{}', '{}', '1', 0.25, NULL, NULL, 'en', '2026-03-03', NULL, NULL, NULL, NULL)`,
    `INSERT INTO revision VALUES
       ('00000000-0000-4000-8000-000000000001', 'st-a', 1, '00000000-0000-4000-8000-00000000000b', '\\x02', '00000000-0000-4000-8000-00000000000c', '{"country": null}', '2026-03-03'),
       ('00000000-0000-4000-8000-000000000001', 'st-a', 2, '00000000-0000-4000-8000-00000000000a', '\\x01', '00000000-0000-4000-8000-00000000000c', '{"country": "SRB"}', '2026-03-03')`,
    `INSERT INTO consent VALUES ('00000000-0000-4000-8000-000000000001', 'st-a', 'recontact', false, '2026-11', 'ru', '2026-03-03')`,
    `INSERT INTO residence_spell VALUES
       ('00000000-0000-4000-8000-000000000001', 1, 'GEO', NULL, '2022-03-01', '2023-05-01', 'month', 'visa_free', 'st-a'),
       ('00000000-0000-4000-8000-000000000001', 2, 'SRB', 'Београд', '2023-05-01', NULL, 'season', NULL, 'st-a')`,
  ],
  CreateContactsAndAccess1795305600003: [
    `INSERT INTO contact_attempt VALUES
       ('00000000-0000-4000-8000-000000000001', 'st-a', 'invitation', 'sent', 'email', '2026-03-02T08:00:00Z', 1, NULL, '2026-03-02T08:00:01Z', NULL, 'ru', '<m@x>'),
       ('00000000-0000-4000-8000-000000000001', 'st-a', 'reminder1', 'suppressed', 'email', '2026-03-07T08:00:00Z', 0, NULL, NULL, 'completed', NULL, NULL),
       ('00000000-0000-4000-8000-000000000002', 'st-a', 'reminder1', 'planned', 'email', '2026-03-07T08:00:00Z', 0, NULL, NULL, NULL, NULL, NULL)`,
    `INSERT INTO personal_link VALUES ('\\x03', '00000000-0000-4000-8000-000000000001', 'st-a', 'invitation', '\\x04', true)`,
    `INSERT INTO respondent_session VALUES ('\\x05', '00000000-0000-4000-8000-00000000000c', '00000000-0000-4000-8000-000000000001', 'st-a', '["country"]', '2026-04-17')`,
    `INSERT INTO message_stop VALUES ('00000000-0000-4000-8000-000000000002', 'email', '2026-03-04')`,
    `INSERT INTO cron_run VALUES ('contact.sweep', '2026-03-02T08:00:10Z')`,
    `INSERT INTO export_run VALUES ('00000000-0000-4000-8000-00000000000d', 's', '\\x06', '2026-03-05T08:00:00Z')`,
  ],
  FollowMembersThroughTime1795305600004: [
    `INSERT INTO disposition_override VALUES ('00000000-0000-4000-8000-000000000002', 'st-a', 1, '2.31', 'tenth', 'умер, сообщили родные', 'staff', '2026-03-05')`,
    `INSERT INTO case_feed VALUES ('00000000-0000-4000-8000-000000000001', 'st-a', '{"items": {}}', '{}', '2026-03-03')`,
    `INSERT INTO experiment_arm VALUES ('00000000-0000-4000-8000-000000000001', 'init_mode', 'independent', '2026-03-03')`,
    `INSERT INTO residence_report VALUES ('00000000-0000-4000-8000-000000000001', 1, 'respondent', '{"res_same": "moved"}', '2026-03-20')`,
    `INSERT INTO residence_revision VALUES ('00000000-0000-4000-8000-000000000001', 1, 'st-a', 'reported', '2026-03-03', '[]'),
       ('00000000-0000-4000-8000-000000000001', 2, NULL, 'moved', '2026-03-20', '[]')`,
    `INSERT INTO residence_move VALUES ('00000000-0000-4000-8000-000000000001', 1, 'SRB', 'DEU', '2026-03-01', '2026-03-01', 'host_to_eu', 'month', 'stated', NULL)`,
    `INSERT INTO tracing_task VALUES ('00000000-0000-4000-8000-000000000002', 1, 'st-a', 'silent', '2026-04-02', NULL, NULL)`,
    `INSERT INTO tracing_attempt VALUES ('00000000-0000-4000-8000-000000000002', 1, 1, 'telegram', 'no_answer', '2026-04-03')`,
  ],
  LetContactsBeTrusted1795392000005: [
    `UPDATE contact_attempt SET claim = '00000000-0000-4000-8000-00000000000e' WHERE state = 'planned'`,
    `INSERT INTO contact_event VALUES
       ('00000000-0000-4000-8000-000000000001', 'st-a', 'invitation', 1, 'sent', 'email', NULL, NULL, '2026-03-02T08:00:01Z')`,
    `INSERT INTO channel_trouble VALUES ('00000000-0000-4000-8000-000000000002', 'email', 'bounced', 'dsn_5.1.1', '2026-03-04')`,
    `INSERT INTO member_pause VALUES ('00000000-0000-4000-8000-000000000001', 1, '2026-03-10', NULL, 'respondent')`,
    `INSERT INTO message_stop VALUES ('00000000-0000-4000-8000-000000000001', 'email', '2026-03-04', 'wave:st-a')`,
    `INSERT INTO channel_state VALUES ('email', '2026-03-04T08:00:00Z', 2, 'smtp_ECONNECTION')`,
    `INSERT INTO send_rate VALUES ('email', 1795392000, 7)`,
    `INSERT INTO sending_fence VALUES (true, '7/1/16384', 12, NULL, NULL)`,
    `INSERT INTO telegram_start VALUES ('\\x07', '00000000-0000-4000-8000-000000000001', 'st-a', 'ru', '2026-03-05')`,
    `INSERT INTO telegram_update VALUES (4, '2026-03-05')`,
    `INSERT INTO sealing_key VALUES ('s', '\\x08')`,
    `INSERT INTO link_request VALUES
       ('00000000-0000-4000-8000-00000000000f', 's', '\\x09', 'ru', 'asked', 1, '2026-03-05T08:00:00Z', NULL, NULL)`,
    `UPDATE wave SET contact_plan = '[{"step": "invitation"}]', issuing = true WHERE id = 'st-a'`,
    `UPDATE letter SET edited = true, as_loaded = '{"subject": "Тема", "body": "{link}"}'`,
  ],
  LetStaffSignIn1795392000006: [
    `INSERT INTO staff_account VALUES
       ('00000000-0000-4000-8000-000000000021', '\\x11', '\\x12', '$argon2id$v=19$', '\\x13', 59, '2026-03-01T08:00:00Z', '2026-03-01T09:00:00Z', NULL),
       ('00000000-0000-4000-8000-000000000022', '\\x14', '\\x15', NULL, NULL, NULL, '2026-03-01T08:00:00Z', NULL, '2026-03-02T08:00:00Z')`,
    `INSERT INTO staff_grant VALUES ('00000000-0000-4000-8000-000000000021', 'owner', NULL, '2026-03-01T08:00:00Z'),
       ('00000000-0000-4000-8000-000000000021', 'analyst', 's', '2026-03-01T08:00:00Z')`,
    `INSERT INTO staff_link VALUES ('\\x16', '00000000-0000-4000-8000-000000000022', 'invitation', '2026-03-04T08:00:00Z')`,
    `INSERT INTO staff_passkey VALUES ('\\x17', '00000000-0000-4000-8000-000000000021', '\\x18', 3, '{usb}')`,
    `INSERT INTO staff_recovery_code VALUES ('00000000-0000-4000-8000-000000000021', '\\x19')`,
    `INSERT INTO staff_session VALUES
       ('\\x1a', '00000000-0000-4000-8000-000000000021', 'signed_in', '2026-03-01T10:00:00Z', '2026-03-01T17:00:00Z', NULL, 'c', NULL, NULL)`,
    `INSERT INTO sign_in_delay VALUES ('\\x1b', 2, '2026-03-01T10:00:00Z')`,
  ],
  KeepAnAuditLog1795392000007: [
    `INSERT INTO audit_entry (at, act, actor_kind, actor_id, study_id, detail)
     VALUES ('2026-03-06T08:00:00Z', 'sending.paused', 'shell', 'anna', 's', NULL), ('2026-03-06T09:00:00Z', 'queue.dropped', 'system', NULL, NULL, '{}')`,
    `UPDATE revision SET sealed_in = nextval('answer_seal'), seal_salt = '00000000-0000-4000-8000-000000000010'`,
  ],
  KeepLateAnswers1795392000008: [
    `INSERT INTO late_answers VALUES
       ('00000000-0000-4000-8000-000000000001', 'st-a', '00000000-0000-4000-8000-000000000011', '\\x0a', '00000000-0000-4000-8000-00000000000c', 2, true, '{"country": "SRB"}', 'ru', '2026-04-08')`,
  ],
  LetMembersGo1795392000009: [
    `INSERT INTO erasure_owed VALUES ('00000000-0000-4000-8000-000000000012', 's', '2026-04-09', '\\x0b')`,
    `INSERT INTO erased_members VALUES ('s', 2)`,
    `INSERT INTO erased_cases VALUES ('st-a', '1.1', 1), ('st-a', '2.111', 1)`,
    `INSERT INTO erased_leaf VALUES (1, 3, '\\x0c')`,
    `INSERT INTO left_session VALUES ('\\x0d', '2026-05-24')`,
  ],
  RememberWhoWasErased1795392000003: [`INSERT INTO tombstone VALUES ('\\x06', '2026-04-09')`],
  LetMembersDecide1795392000010: [
    `INSERT INTO consent_change (member_id, purpose, given, text_version, locale, decided_on, way) VALUES
       ('00000000-0000-4000-8000-000000000001', 'recontact', true, '2026-11', 'ru', '2026-03-20', 'own_page')`,
    `INSERT INTO rights_receipt VALUES ('\\x21', 's', 'consents', '2026-03-20', 'done')`,
    `INSERT INTO address_change VALUES
       ('00000000-0000-4000-8000-000000000031', '00000000-0000-4000-8000-000000000001', '\\x22', 'ru', '2026-03-20T08:00:00Z', NULL, NULL)`,
    `INSERT INTO rights_link VALUES
       ('\\x23', '00000000-0000-4000-8000-000000000001', '2026-03-20T08:30:00Z', '00000000-0000-4000-8000-000000000031')`,
    `INSERT INTO rights_session VALUES
       ('\\x24', '00000000-0000-4000-8000-000000000001', '2026-03-20T08:15:00Z', '2026-03-20T08:30:00Z')`,
    `INSERT INTO link_request (id, study_id, member_id, locale, state, due_at, purpose) VALUES
       ('00000000-0000-4000-8000-000000000032', 's', '00000000-0000-4000-8000-000000000001', 'ru', 'asked', '2026-03-20T08:00:00Z', 'own_page')`,
  ],
  CreateAnalystTokens1795392000011: [
    `INSERT INTO analyst_token VALUES
       ('00000000-0000-4000-8000-000000000041', 's', 'SUF', 'Dr Example, University of Example', sha256('1'), '2026-03-01T08:00:00Z',
        '2027-04-05T08:00:00Z', NULL, '2026-03-20'),
       ('00000000-0000-4000-8000-000000000042', 's', 'PUF', 'Др Пример', sha256('2'), '2026-03-01T08:00:00Z', '2026-03-02T08:00:00Z',
        '2026-03-01T09:00:00Z', NULL)`,
  ],
  RememberSuppressedAddresses1795392000002: [
    `INSERT INTO suppressed_address VALUES ('email', '\\x05', 'complaint')`,
    `INSERT INTO sending_mark VALUES (true, 12)`,
  ],
  FreezeReleases1795392000012: [
    `INSERT INTO release (id, study_id, kind, version, made_at, people, definition, published) VALUES
       ('00000000-0000-4000-8000-000000000041', 's', 'SUF', '1.0', '2026-04-01T08:00:00Z', 1, '{"name": "st-1.0"}', true)`,
    `INSERT INTO release_person VALUES ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000041', 123456789)`,
    `INSERT INTO release_file VALUES ('00000000-0000-4000-8000-000000000041', 1, 'xwave', '{"columns": []}', 2)`,
    `INSERT INTO release_row VALUES ('00000000-0000-4000-8000-000000000041', 1, 1, 123456789, '{123456789,NULL}')`,
    `INSERT INTO release_digest VALUES ('00000000-0000-4000-8000-000000000041', 0, 'ru en', 'xwave.csv', '\\x31')`,
    `INSERT INTO release_part VALUES ('00000000-0000-4000-8000-000000000041', 'xwave.csv', 0, '\\x32')`,
    `INSERT INTO release_download VALUES ('00000000-0000-4000-8000-000000000041', 'xwave.csv', 1, '\\x33')`,
  ],
  KeepALookupSecret1795392000004: [`INSERT INTO vault_secret VALUES (1, '\\x1c')`],
  CreateContactPoints1795305600001: [
    `INSERT INTO member_key VALUES ('\\x01', '\\x02', 1)`,
    `INSERT INTO contact_point VALUES ('\\x01', 'email', '\\x03', '\\x04')`,
  ],
};
