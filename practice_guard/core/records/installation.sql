-- tables --
-- Which of these tables are in the guard's schema; none where there is no such schema.
SELECT tablename::text FROM pg_tables WHERE schemaname = 'practice_guard' AND tablename = ANY (%(names)s::text[])

-- installation --
-- The guard's mark on this database.
SELECT version, uuid::text, environment, system_identifier, database_name, database_oid
  FROM practice_guard.installation

-- here --
-- What this database is by the server's own account, and which of these tables are in the guard's schema.
SELECT (SELECT system_identifier::text FROM pg_control_system()), current_database()::text,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
       current_setting('server_version'), session_user::text, pg_is_in_recovery(),
       current_setting('transaction_read_only') = 'on',
       ARRAY(SELECT tablename::text FROM pg_tables
              WHERE schemaname = 'practice_guard' AND tablename = ANY (%(names)s::text[]))

-- create_schema --
-- The guard's own schema: nothing in it references the application's tables, so that no TRUNCATE ... CASCADE reaches it.
-- IF NOT EXISTS would ask for CREATE on the database even where an administrator has made the schema.
DO $$ BEGIN
    IF to_regnamespace('practice_guard') IS NULL THEN CREATE SCHEMA practice_guard; END IF;
END $$

-- create_installation --
-- One row: which version these tables are, and which database and environment they belong to.
CREATE TABLE practice_guard.installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL,
    uuid uuid NOT NULL DEFAULT gen_random_uuid(),
    environment text NOT NULL,
    marked_at timestamptz NOT NULL,
    system_identifier text NOT NULL,
    database_name text NOT NULL,
    database_oid bigint NOT NULL
)

-- create_snapshots --
-- One row a snapshot. `lists` names the team lists its ids come from; the first is its own.
CREATE TABLE practice_guard.snapshots (
    id text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    label text NOT NULL,
    taken_at timestamptz NOT NULL,
    taken_by text NOT NULL,
    environment text NOT NULL,
    fingerprint jsonb NOT NULL,
    tool_version text NOT NULL,
    server_version text NOT NULL,
    accepted_current boolean NOT NULL,
    lists text[] NOT NULL,
    rows bigint NOT NULL,
    carried bigint NOT NULL,
    mark text NOT NULL,
    digest text NOT NULL,
    verified_at timestamptz
)

-- create_sets --
-- One row a protected set and snapshot: its definition, the typed table that holds its rows, their count and digest.
CREATE TABLE practice_guard.snapshot_sets (
    snapshot text NOT NULL REFERENCES practice_guard.snapshots ON DELETE CASCADE,
    name text NOT NULL,
    definition jsonb NOT NULL,
    columns jsonb NOT NULL,
    rows_table text NOT NULL UNIQUE,
    rows bigint NOT NULL,
    carried bigint NOT NULL,
    teams bigint NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (snapshot, name)
)

-- create_teams --
-- Who every team was when a snapshot was taken; `list` is that snapshot's id.
CREATE TABLE practice_guard.team_lists (
    list text NOT NULL,
    id bigint NOT NULL,
    league text,
    club text,
    series text,
    name text,
    alias text,
    players text[] NOT NULL
)

-- index_teams --
-- A list is read and removed as a whole.
CREATE INDEX ON practice_guard.team_lists (list)

-- create_leagues --
-- Which league had which id when a snapshot was taken.
CREATE TABLE practice_guard.league_lists (
    list text NOT NULL,
    id bigint NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (list, id)
)

-- create_ledger --
-- One row for every command that wrote to the application's tables: what, by whom, when, from which snapshot.
CREATE TABLE practice_guard.ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    tool_version text NOT NULL,
    environment text NOT NULL,
    snapshot text NOT NULL,
    plan_digest text NOT NULL,
    mark text NOT NULL,
    result jsonb NOT NULL
)

-- create_ledger_rows --
-- Every row that was written: what it pointed at before and after, under its key in the table.
CREATE TABLE practice_guard.ledger_rows (
    ledger bigint NOT NULL REFERENCES practice_guard.ledger ON DELETE CASCADE,
    set_name text NOT NULL,
    action text NOT NULL,
    snapshot_row bigint NOT NULL,
    old_key text NOT NULL,
    new_key text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL
)

-- mark --
-- Marks this database with its environment, once. A UUID is given where the tables are made anew for an old guard.
INSERT INTO practice_guard.installation
       (version, uuid, environment, marked_at, system_identifier, database_name, database_oid)
VALUES (%(version)s::int, coalesce(%(uuid)s::text::uuid, gen_random_uuid()), %(environment)s::text,
        %(now)s::timestamptz, %(system)s::text, %(name)s::text, %(oid)s::bigint)

-- remark --
-- Marks this database anew. The UUID is a new one: from now on this database and the one it was copied from are two.
UPDATE practice_guard.installation
   SET uuid = gen_random_uuid(), environment = %(environment)s::text, marked_at = %(now)s::timestamptz,
       system_identifier = %(system)s::text, database_name = %(name)s::text, database_oid = %(oid)s::bigint

-- set_version --
-- Notes which version the tables have now.
UPDATE practice_guard.installation SET version = %(version)s::int

-- to_2_imports --
-- Version 2: which snapshots came from a file, and when.
ALTER TABLE practice_guard.snapshots ADD COLUMN IF NOT EXISTS imported_at timestamptz

-- to_2_digests --
-- Version 2: by which definition a snapshot's digest was made.
ALTER TABLE practice_guard.snapshots ADD COLUMN IF NOT EXISTS digest_version integer NOT NULL DEFAULT 1

-- to_3_runs --
-- Version 3: one row a run, written as it goes. `token` grows when somebody else takes the run over.
CREATE TABLE IF NOT EXISTS practice_guard.runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token bigint NOT NULL DEFAULT 1,
    started_at timestamptz NOT NULL,
    started_by text NOT NULL,
    host text NOT NULL,
    pid bigint NOT NULL,
    tool_version text NOT NULL,
    environment text NOT NULL,
    command jsonb NOT NULL,
    phase text NOT NULL,
    phases jsonb NOT NULL DEFAULT '[]',
    snapshot text,
    etl_exit_code integer,
    ledger bigint[] NOT NULL DEFAULT '{{}}',
    status integer,
    verdict text,
    says text,
    guard_seconds double precision NOT NULL DEFAULT 0,
    etl_seconds double precision,
    finished_at timestamptz
)

-- to_3_one_run --
-- Version 3: never two runs that are not finished.
CREATE UNIQUE INDEX IF NOT EXISTS one_run_at_a_time ON practice_guard.runs ((true)) WHERE finished_at IS NULL

-- to_4_rows_by_entry --
-- Version 4: what an entry wrote is found without reading what all others wrote.
CREATE INDEX IF NOT EXISTS ledger_rows_by_entry ON practice_guard.ledger_rows (ledger)

-- to_5_rows_unasked --
-- Version 5: that a row's entry is there is not asked row by row. It is written before them in the same transaction and
-- never removed, and asking took two thirds of the time that the rows took.
ALTER TABLE practice_guard.ledger_rows DROP CONSTRAINT IF EXISTS ledger_rows_ledger_fkey

-- to_6_keeps --
-- Version 6: which older snapshots have rows that a snapshot lacks, and of which nobody knows who took them.
ALTER TABLE practice_guard.snapshots ADD COLUMN IF NOT EXISTS keeps text[] NOT NULL DEFAULT '{{}}'

-- to_6_schemas --
-- Version 6: of which of the application's schemas a run is.
ALTER TABLE practice_guard.runs ADD COLUMN IF NOT EXISTS schema text NOT NULL DEFAULT 'public'

-- to_6_runs --
-- Version 6: a run that has a snapshot is of that one's schema.
UPDATE practice_guard.runs AS r
   SET schema = split_part(o.definition ->> 'table', '.', 1)
  FROM practice_guard.snapshot_sets AS o
 WHERE o.snapshot = r.snapshot AND split_part(o.definition ->> 'table', '.', 1) <> r.schema

-- to_6_any_run --
-- Version 6: runs of two schemas hold each other up no more.
DROP INDEX IF EXISTS practice_guard.one_run_at_a_time

-- to_6_one_run --
-- Version 6: never two runs of a schema that are not finished.
CREATE UNIQUE INDEX IF NOT EXISTS one_run_at_a_time ON practice_guard.runs (schema) WHERE finished_at IS NULL

-- to_7_team_lists --
-- Version 7: a publication of all tables lets nothing be removed from a table without a key, unless rows name themselves.
ALTER TABLE practice_guard.team_lists REPLICA IDENTITY FULL

-- to_7_ledger_rows --
-- Version 7: the same.
ALTER TABLE practice_guard.ledger_rows REPLICA IDENTITY FULL

-- to_8_outside_ids --
-- Version 8: a team's id in the world outside.
ALTER TABLE practice_guard.team_lists ADD COLUMN IF NOT EXISTS outside_id text

-- to_8_active --
-- Version 8: whether a team still played; NULL where nothing said so.
ALTER TABLE practice_guard.team_lists ADD COLUMN IF NOT EXISTS active boolean

-- to_9_parent_lists --
-- Version 9: every row of what else an import renumbers, with the values that say which one it is, under the id of the
-- snapshot that took the list.
CREATE TABLE IF NOT EXISTS practice_guard.parent_lists (
    list text NOT NULL,
    parent text NOT NULL,
    id bigint NOT NULL,
    said jsonb NOT NULL,
    PRIMARY KEY (list, parent, id)
)
