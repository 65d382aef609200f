-- A million made-up households, as benchmarks/web_lists.py fills a database with them.
-- In braces: the keys of municipality and study, how many people, and whose the first files are.
-- Household and person g are md5('h' || g) and md5('p' || g); one in five takes part.

-- made-up rows need no check of each key, which takes most of the time
SET session_replication_role = replica;

INSERT INTO trial_household (id, municipality_id, study_id, pseudonym, round_name, kind, cost_sharers)
SELECT g, {here}, {study}, md5('h' || g), '', 'single', 0
FROM generate_series(1, {people}) g;

INSERT INTO trial_adult (municipality_id, household_id, person)
SELECT {here}, g, md5('p' || g)
FROM generate_series(1, {people}) g;

INSERT INTO people_person (municipality_id, pseudonym, sealed, number_lookup)
SELECT {here}, md5('p' || g), decode(repeat(md5('s' || g), 9), 'hex'), md5('n' || g)
FROM generate_series(1, {people}) g;

INSERT INTO trial_standing
    (municipality_id, study, household, participation, benefit, started_on, arm, consents, adults)
SELECT
    {here}, 'groningen-2017', md5('h' || g),
    (array['drawn_invited', 'drawn_invited', 'to_be_told', 'taking_part', 'withdrawn'])[1 + g % 5],
    'on_benefit',
    CASE WHEN g % 5 = 3 THEN date '2017-11-01' END,
    CASE WHEN g % 5 = 3
        THEN (array['control', 'exemption', 'guidance', 'disregard', 'choice'])[1 + g / 5 % 5] END,
    jsonb_build_object(md5('p' || g), jsonb_build_object('questionnaires', true)),
    jsonb_build_object(md5('p' || g), 'present')
FROM generate_series(1, {people}) g;

INSERT INTO fieldwork_place
    (municipality_id, study, household, stage, since, invited_on, started_on, drawn, invited, signed_up, told,
    started, ended_as)
SELECT
    {here}, 'groningen-2017', md5('h' || g),
    (array['invited', 'invited', 'to_be_told', 'taking_part', 'refused'])[1 + g % 5],
    date '2017-11-01' + g % 370, date '2017-11-01' + g % 370,
    CASE WHEN g % 5 = 3 THEN date '2017-11-01' END,
    true, true, g % 5 > 1, g % 5 = 3, g % 5 = 3,
    CASE WHEN g % 5 = 3 THEN 'remaining' ELSE '' END
FROM generate_series(1, {people}) g;

INSERT INTO fieldwork_member (municipality_id, study, household, person, takes_part, is_asked, started_on)
SELECT
    {here}, 'groningen-2017', md5('h' || g), md5('p' || g), g % 5 = 3, g % 5 = 3,
    CASE WHEN g % 5 = 3 THEN date '2017-11-01' END
FROM generate_series(1, {people}) g;

INSERT INTO fieldwork_sentto
    (municipality_id, study, household, person, wave, started_on, sent_on, answered_on)
SELECT
    {here}, 'groningen-2017', md5('h' || g), md5('p' || g), wave, date '2017-11-01',
    date '2017-11-01' + g % 370,
    CASE WHEN g % 3 > 0 THEN date '2017-11-10' + g % 370 END
FROM generate_series(1, {people}) g CROSS JOIN (VALUES ('baseline'), ('midline')) asked (wave);

INSERT INTO fieldwork_harmed (municipality_id, study, household, harm, events)
SELECT {here}, 'groningen-2017', md5('h' || g), 'complaint', 1
FROM generate_series(3, {people}, 20) g;

INSERT INTO fieldwork_mailing
    (id, municipality_id, study_id, number, round_name, kind, wave, turn, request_key, made_by, made_on, sent_on)
SELECT
    g, {here}, {study}, g, '', 'invitation', '', 0, md5('m' || g), 'project_lead:1', date '2017-10-01',
    date '2017-10-01'
FROM generate_series(1, {people} / 1000) g;

INSERT INTO fieldwork_letter
    (municipality_id, mailing_id, household_id, person, place, reference, subject, sent_on, refused)
SELECT
    {here}, 1 + (g - 1) / 1000, g, md5('p' || g), g % 1000, 'r' || g, 'invitation', date '2017-10-01', ''
FROM generate_series(1, {people}) g;

INSERT INTO casework_file
    (municipality_id, study, household, day, worker, participation, arm, option, last_contact, due)
SELECT
    {here}, 'groningen-2017', md5('h' || g), date '{today}',
    CASE WHEN g <= {files} THEN '{worker}' ELSE 'caseworker:' || g % 500 END,
    'taking_part',
    (array['control', 'exemption', 'guidance', 'disregard', 'choice'])[1 + g / 5 % 5],
    '', date '2017-11-01' + g % 370,
    jsonb_build_array(
        jsonb_build_object('on', date '2017-11-01' + g % 370, 'what', 'contact', 'person', null, 'detail', ''))
FROM generate_series(1, {people}) g;

INSERT INTO journal_entry
    (municipality_id, sequence, event_id, request_key, study, household, person, kind, valid_from, recorded_at,
    actor, payload, previous, digest)
SELECT
    {here}, g, md5('e' || g), md5('r' || g), 'groningen-2017', md5('h' || g), md5('p' || g), 'contact_held',
    date '2017-11-01' + g % 370, timestamptz '2017-11-01' + g * interval '30 seconds',
    'caseworker:' || g % 500, jsonb_build_object('minutes', 40, 'channel', 'office'), md5('d' || g - 1),
    md5('d' || g)
FROM generate_series(1, {people}) g;

INSERT INTO journal_access (municipality_id, at, actor, action, thing, about)
SELECT
    {here}, timestamptz '2017-11-01' + g * interval '31 seconds', 'caseworker:' || g % 500,
    CASE WHEN g % 5000 = 0 THEN 'export' ELSE 'read' END, 'caseload', md5('p' || g)
FROM generate_series(1, {people}) g;

INSERT INTO research_contact (municipality_id, study, household, event_id, month, held, minutes)
SELECT
    {here}, 'groningen-2017', md5('h' || g), md5('e' || g),
    date_trunc('month', date '2017-11-01' + g % 370)::date, g % 4 > 0, 40
FROM generate_series(1, {people}) g;

SET session_replication_role = DEFAULT;
