-- The statements of one first application, from acceptance to the permit in force: what Juzhu sends
-- for it, with values of the same size. `tests/bench` keeps this list equal to what is really sent.
SELECT nextval('bench_person') AS pid \gset
BEGIN;
SELECT nextval('cases_number_seq') AS serial \gset
INSERT INTO "cases_case" ("number", "person_id", "business", "channel", "key", "state", "accepted_at", "accepted_on", "attempts", "next_try_at", "closed_at", "permit_id", "phone", "delivery", "point", "agent", "review_asked_at", "remind_on", "reviewed_at", "officer", "identified", "sampled") VALUES ('B' || :serial, :pid, 'first-issue', 'web', 'key' || :serial, 'accepted', '2026-11-24 12:00:00+08', '2026-11-24', 0, NULL, NULL, NULL, '{phone}', 'none', '', NULL, NULL, NULL, NULL, '', '', false) RETURNING "cases_case"."id" AS case_id \gset
UPDATE "people_person" SET "phone" = '{phone}', "phone_digest" = '{digest}' WHERE ("people_person"."id" = :pid AND NOT ("people_person"."phone_digest" = '{digest}' AND "people_person"."phone_digest" IS NOT NULL));
SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW('bench', 'pursue_case', 0, NULL, NULL, jsonb_build_object('number', 'B' || :serial, 'attempts', 0), now() + interval '10 s')]::procrastinate_job_to_defer_v1[])) AS id;
COMMIT;
SELECT "cases_case"."person_id", "cases_case"."attempts" FROM "cases_case" WHERE ("cases_case"."number" = 'B' || :serial AND "cases_case"."state" IN ('accepted', 'waiting')) ORDER BY "cases_case"."id" ASC LIMIT 1;
SELECT "people_person"."id", "people_person"."id_digest", "people_person"."id_number", "people_person"."name", "people_person"."phone", "people_person"."phone_digest", "people_person"."created_at" FROM "people_person" WHERE "people_person"."id" = :pid LIMIT 21;
BEGIN;
SELECT * FROM "cases_case" WHERE "cases_case"."number" = 'B' || :serial LIMIT 21 FOR UPDATE OF "cases_case";
SELECT * FROM "permits_permit" WHERE ("permits_permit"."issued_on" <= '2026-11-24' AND "permits_permit"."person_id" = :pid) ORDER BY "permits_permit"."issued_on" DESC LIMIT 1;
INSERT INTO "evidence_answer" ("case_id", "attempt", "source", "status", "asked_at", "took_ms", "receipt", "body") VALUES {evidence} RETURNING "evidence_answer"."id";
INSERT INTO "cases_decision" ("case_id", "attempt", "decided_at", "outcome", "route", "ruleset", "findings", "earliest_day", "facts", "digest", "decided_by", "second_by", "reason", "words", "evidence_attempt") VALUES (:case_id, 1, '2026-11-24 12:00:00+08', 'approved', 'STABLE', '1:0123456789abcdef', '{findings}', '2026-11-24', '{facts}', '{digest}', 'system:decision', '', '', NULL, NULL) RETURNING "cases_decision"."id";
INSERT INTO "audit_entry" ("at", "person_id", "subject", "actor", "purpose", "fields", "occasion", "note", "basis", "visible_from") VALUES ('2026-11-24 12:00:00+08', :pid, NULL, 'system:decision', 'decide', 'population,hukou,registrations,insurance,talent,enrolment', 'B' || :serial, 'approved', DEFAULT, NULL) RETURNING "audit_entry"."id";
INSERT INTO "permits_permit" ("number", "person_id", "issued_on", "known_since", "ends_on", "window_opens", "suspended_from") VALUES ('B' || :serial, :pid, '2026-11-24', '2026-11-24', '2029-11-24', '2027-09-25', '2027-11-24') RETURNING "permits_permit"."id" AS permit_id \gset
INSERT INTO "permits_permitaction" ("permit_id", "kind", "effective_on", "reason", "until", "recorded_at", "occasion") VALUES (:permit_id, 'issued', '2026-11-24', '', NULL, '2026-11-24 12:00:00+08', 'B' || :serial) RETURNING "permits_permitaction"."id";
INSERT INTO permits_event (permit_id, person_id, recorded_at, kind, undoes, effective_on) SELECT :permit_id, :pid, '2026-11-24 12:00:00+08', told.* FROM unnest(ARRAY['issued']::varchar[], ARRAY['']::varchar[], ARRAY['2026-11-24']::date[]) AS told;
UPDATE "cases_case" SET "state" = 'approved', "attempts" = 1, "next_try_at" = NULL, "closed_at" = '2026-11-24 12:00:00+08', "permit_id" = :permit_id WHERE "cases_case"."id" = :case_id;
INSERT INTO "notices_message" ("person_id", "occasion", "subject", "case_number", "edition", "permit_number", "values", "written_at", "due_on", "deadline", "at_screen", "delivery", "not_before", "phone_digest", "tried_at", "sent_at", "delivered_at") VALUES (:pid, 'issued', 'B' || :serial, 'B' || :serial, 1, DEFAULT, '{values}', '2026-11-24 12:00:00+08', '2026-11-24', '2026-11-24', true, 'queued', NULL, NULL, NULL, NULL, NULL) RETURNING "notices_message"."id" AS message_id \gset
SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW('bench', 'deliver_message', 0, NULL, NULL, jsonb_build_object('message_id', :message_id), NULL)]::procrastinate_job_to_defer_v1[])) AS id;
COMMIT;
