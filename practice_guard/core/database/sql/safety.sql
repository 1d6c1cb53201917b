-- shield --
-- From here on an error does not end the transaction: a check that is refused something must not end the others.
SAVEPOINT practice_guard_check

-- back_to_shield --
-- Makes the transaction usable again after an error.
ROLLBACK TO SAVEPOINT practice_guard_check

-- unshield --
-- Leaves no savepoint open.
RELEASE SAVEPOINT practice_guard_check

-- visible --
-- Which tables this role can see as they are: rights on the schema and the table, and row level security that applies.
SELECT c.relname::text, has_schema_privilege(c.relnamespace, 'USAGE'), has_table_privilege(c.oid, 'SELECT'),
       row_security_active(c.oid)
  FROM pg_class AS c
 WHERE c.oid = ANY (%(tables)s::bigint[]::oid[])

-- repeated --
-- Teams that share the columns of a key, by id; rows with a NULL among them never conflict and are left out.
SELECT array_agg(t.id ORDER BY t.id)
  FROM {teams} AS t
 WHERE ROW({columns}) IS NOT NULL
 GROUP BY {columns}
HAVING count(*) > 1
 ORDER BY 1

-- incomplete --
-- Teams with a NULL in the columns of a key: a unique key lets any number of them in.
SELECT t.id, array_remove(ARRAY[{nulls}], NULL)
  FROM {teams} AS t
 WHERE NOT ROW({columns}) IS NOT NULL
 ORDER BY t.id

-- null_name --
-- A column's name where it is NULL.
CASE WHEN t.{column} IS NULL THEN {name} END

-- adrift --
-- Protected rows that point at nothing, with what they point at by reference, and in words what they are.
SELECT t.{key}::text, ARRAY[{references}]::bigint[], {words}
  FROM {table} AS t
 WHERE {condition} AND ({astray})
 ORDER BY t.{key}

-- is_null --
-- A reference that points nowhere.
t.{column} IS NULL

-- is_gone --
-- A reference that points at something that is not there; NULL does not.
t.{column} <> ALL (%({ids})s::bigint[])

-- labels --
-- Labels by the team and league they hang on: how many rows, and up to three of them in words.
SELECT t.{label}::text, t.{team}::bigint, {league}, count(*), (array_agg({words} ORDER BY t.{key}))[1:3]
  FROM {table} AS t
 WHERE {condition} AND t.{label} IS NOT NULL AND t.{team} IS NOT NULL
 GROUP BY 1, 2, 3
 ORDER BY 1, 2, 3

-- referring --
-- Protected rows whose column points somewhere.
SELECT count(*) FROM {table} AS t WHERE {condition} AND t.{column} IS NOT NULL

-- definitions --
-- Foreign keys of some tables as PostgreSQL writes them.
SELECT c.relname::text, con.conname::text, pg_get_constraintdef(con.oid)
  FROM pg_constraint AS con
  JOIN pg_class AS c ON c.oid = con.conrelid
 WHERE con.contype = 'f' AND c.oid = ANY (%(tables)s::bigint[]::oid[])

-- replication_role --
-- Whether foreign keys and triggers work in this session.
SELECT current_setting('session_replication_role')

-- pointing --
-- Rows of an unprotected table that the next import would leave without their team or league, and those it has left.
SELECT count(*) FILTER (WHERE {here}), count(*) FILTER (WHERE {gone})
  FROM {table} AS t

-- is_there --
-- A reference that points at something.
t.{column} = ANY (%({ids})s::bigint[])

-- may_read --
-- Whether this role may read a table as it is.
SELECT has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
       AND NOT row_security_active(c.oid)
  FROM pg_class AS c
 WHERE c.oid = %(table)s::bigint::oid

-- role --
-- Who we are to the server and where, quoted for a GRANT, and which major version it is.
SELECT quote_ident(current_user), quote_ident(current_database()), current_setting('server_version_num')::int / 10000

-- missing_on_tables --
-- Which of these rights on tables this role has not; of several rights, one is enough.
SELECT u.place
  FROM unnest(%(tables)s::bigint[], %(rights)s::text[]) WITH ORDINALITY AS u (oid, rights, place)
 WHERE has_table_privilege(u.oid::oid, u.rights) IS NOT TRUE

-- missing_on_sequences --
-- The same for sequences, by their qualified names; asked by oid, since a name needs USAGE on its schema.
SELECT u.place
  FROM unnest(%(sequences)s::text[], %(rights)s::text[]) WITH ORDINALITY AS u (name, rights, place)
  JOIN pg_class AS q ON q.relkind = 'S'
  JOIN pg_namespace AS n ON n.oid = q.relnamespace AND quote_ident(n.nspname) || '.' || quote_ident(q.relname) = u.name
 WHERE has_sequence_privilege(q.oid, u.rights) IS NOT TRUE
 ORDER BY u.place

-- rights_on_schemas --
-- Rights on the application's schema, and on the guard's, or to make it where it is not there.
SELECT has_schema_privilege(app.oid, 'USAGE'), guard.oid IS NOT NULL,
       has_schema_privilege(guard.oid, 'USAGE'), has_schema_privilege(guard.oid, 'CREATE'),
       has_database_privilege(current_database(), 'CREATE')
  FROM pg_namespace AS app
  LEFT JOIN pg_namespace AS guard ON guard.nspname = 'practice_guard'
 WHERE app.nspname = %(schema)s::text

-- guard_tables --
-- The guard's own tables.
SELECT c.oid::bigint, c.relname::text
  FROM pg_class AS c
 WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'practice_guard') AND c.relkind = 'r'
 ORDER BY c.relname

-- backend --
-- The process that serves this transaction, by its own account.
SELECT pg_backend_pid()

-- writable --
-- A standby, and whether transactions are read-only unless they say otherwise.
SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'

-- transactions --
-- Sessions of this database whose transaction is open for long, prepared ones included.
SELECT 'process ' || a.pid || ' (' || coalesce(a.usename, 'unknown') || ', '
       || coalesce(nullif(a.application_name, ''), 'unnamed') || ', ' || coalesce(a.state, 'unknown') || ')',
       to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), a.pid
  FROM pg_stat_activity AS a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
   AND coalesce(a.backend_type, 'client backend') = 'client backend'
   AND a.xact_start < clock_timestamp() - make_interval(secs => %(seconds)s::float8)
 UNION ALL
SELECT 'prepared transaction ' || quote_literal(p.gid) || ' (' || p.owner || ')',
       to_char(p.prepared, 'YYYY-MM-DD HH24:MI:SS TZ'), NULL
  FROM pg_prepared_xacts AS p
 WHERE p.database = current_database() AND p.prepared < clock_timestamp() - make_interval(secs => %(seconds)s::float8)
 ORDER BY 2

-- veiled_sessions --
-- Sessions of other roles in this database that this role may not look into.
SELECT count(*)
  FROM pg_stat_activity AS a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.query = '<insufficient privilege>'

-- blockers --
-- Who holds or waits for locks that a restore would have to wait for, since when; what lasts under a second passes.
SELECT c.relname::text, coalesce('process ' || l.pid, 'a prepared transaction') || ' ('
       || coalesce(nullif(a.application_name, ''), a.backend_type, 'unnamed') || ')',
       string_agg(DISTINCT l.mode || CASE WHEN l.granted THEN '' ELSE ' awaited' END, ', '),
       coalesce(to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), 'an unknown time'), l.pid
  FROM pg_locks AS l
  JOIN pg_class AS c ON c.oid = l.relation
  LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.relation = ANY (%(tables)s::bigint[]::oid[]) AND l.pid IS DISTINCT FROM pg_backend_pid()
   AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
   AND coalesce(a.xact_start < clock_timestamp() - interval '1 second', true)
 GROUP BY c.relname, l.pid, a.application_name, a.backend_type, a.xact_start
 ORDER BY 1, 2

-- sequences --
-- Sequences of the schema that are nearly used up.
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), sequencename::text, last_value, max_value
  FROM pg_sequences
 WHERE schemaname = %(schema)s::text AND last_value > 0.8 * max_value
 ORDER BY last_value::numeric / max_value DESC

-- veiled_sequences --
-- Sequences of the schema whose value this role is not shown; it stands as NULL, like that of one never used.
-- CASE, since the server asks in any order and refuses to be asked about a table.
SELECT quote_ident(n.nspname) || '.' || quote_ident(q.relname)
  FROM pg_class AS q
  JOIN pg_namespace AS n ON n.oid = q.relnamespace
 WHERE q.relkind = 'S' AND n.nspname = %(schema)s::text
   AND CASE q.relkind WHEN 'S' THEN has_sequence_privilege(q.oid, 'SELECT, USAGE') IS NOT TRUE END
 ORDER BY q.relname

-- all_keys --
-- The primary keys of all rows of a set.
SELECT t.{key} FROM {table} AS t WHERE {condition}

-- sizes --
-- Bytes of the whole database, of the guard's own schema, and of the protected tables.
SELECT pg_database_size(current_database()),
       (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
          FROM pg_class AS c
         WHERE c.relkind = 'r'
           AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'practice_guard')),
       (SELECT coalesce(sum(pg_total_relation_size(u.oid::oid)), 0)::bigint FROM unnest(%(tables)s::bigint[]) AS u (oid))
