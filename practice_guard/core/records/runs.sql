-- begin --
-- A new run. The index `one_run_at_a_time` refuses a second one of the schema that is not finished.
INSERT INTO practice_guard.runs
       (started_at, started_by, host, pid, tool_version, environment, command, phase, phases, schema)
VALUES (%(now)s::timestamptz, session_user::text, %(host)s::text, %(pid)s::bigint, %(tool_version)s::text,
        %(environment)s::text, %(command)s::jsonb, %(phase)s::text, %(phases)s::jsonb, %(schema)s::text)
RETURNING id, token, started_by

-- advance --
-- What a run is about to do, and what it has done; only while nobody else has taken it over.
UPDATE practice_guard.runs
   SET phase = %(phase)s::text, phases = %(phases)s::jsonb, snapshot = %(snapshot)s::text,
       etl_exit_code = %(etl_exit_code)s::int, etl_seconds = %(etl_seconds)s::float8, ledger = %(ledger)s::bigint[],
       guard_seconds = %(guard_seconds)s::float8, status = %(status)s::int, verdict = %(verdict)s::text,
       says = %(says)s::text, finished_at = %(finished_at)s::timestamptz
 WHERE id = %(id)s::bigint AND token = %(token)s::bigint AND finished_at IS NULL
RETURNING id

-- take_over --
-- Makes an unfinished run ours: whoever had it can write to it no more.
UPDATE practice_guard.runs
   SET token = token + 1, host = %(host)s::text, pid = %(pid)s::bigint
 WHERE id = %(id)s::bigint AND token = %(token)s::bigint AND finished_at IS NULL
RETURNING token

-- runs --
-- All runs of a schema, newest first.
SELECT id, token, started_at, started_by, host, pid, tool_version, environment, command::text, phase, phases::text,
       snapshot, etl_exit_code, ledger, status, verdict, says, guard_seconds, etl_seconds, finished_at
  FROM practice_guard.runs AS r
 WHERE {of_schema}
 ORDER BY id DESC

-- unfinished --
-- The run that is not finished.
SELECT id, token, started_at, started_by, host, pid, tool_version, environment, command::text, phase, phases::text,
       snapshot, etl_exit_code, ledger, status, verdict, says, guard_seconds, etl_seconds, finished_at
  FROM practice_guard.runs AS r
 WHERE finished_at IS NULL AND {of_schema}

-- rows_of --
-- How many rows a snapshot has.
SELECT rows FROM practice_guard.snapshots WHERE id = %(id)s::text

-- alive --
-- Whether there is a session of one of these names.
SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = ANY (%(names)s::text[]))

-- etl_sessions --
-- Sessions that go by the name of a run's ETL, and whether they are in no transaction, as far as the role may see that;
-- the name is visible to every role.
SELECT pid, application_name::text, coalesce(state = 'idle', false) FROM pg_stat_activity
 WHERE datname = current_database() AND starts_with(application_name, 'practice_guard_etl:')
 ORDER BY pid

-- none_begun --
-- What `newest_begun` finds where no run was ever written down.
SELECT 0

-- newest_begun --
-- The newest run whose ETL had begun, as far as it wrote that down.
SELECT coalesce(max(id), 0) FROM practice_guard.runs AS r WHERE phase <> ALL (%(before)s::text[]) AND {of_schema}
