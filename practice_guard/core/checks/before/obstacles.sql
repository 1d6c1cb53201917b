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
-- Sessions of other roles in this database that this role may not look into. The server's own workers are nobody's.
SELECT count(*)
  FROM pg_stat_activity AS a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.query = '<insufficient privilege>'
   AND a.usesysid IS NOT NULL

-- blockers --
-- Who holds or waits for locks that a restore would have to wait for, since when; what lasts under a second passes, and
-- so does a process that nobody knows: it has ended since the server said who is there, which it says once in a
-- transaction, or it came after that.
-- An autovacuum (the only worker without a user that locks tables) gives way, unless it is there to prevent wraparound.
SELECT c.oid::bigint, coalesce('process ' || l.pid, 'a prepared transaction') || ' ('
       || coalesce(nullif(a.application_name, ''), a.backend_type, 'unnamed') || ')',
       string_agg(DISTINCT l.mode || CASE WHEN l.granted THEN '' ELSE ' awaited' END, ', '),
       coalesce(to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), 'an unknown time'), l.pid
  FROM pg_locks AS l
  JOIN pg_class AS c ON c.oid = l.relation
  LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.relation = ANY (%(tables)s::bigint[]::oid[]) AND l.pid IS DISTINCT FROM pg_backend_pid()
   AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
   AND (l.pid IS NULL OR a.pid IS NOT NULL) AND coalesce(a.xact_start < clock_timestamp() - interval '1 second', true)
   AND (a.pid IS NULL OR a.usesysid IS NOT NULL OR a.query LIKE '%%to prevent wraparound)'
        OR age(c.relfrozenxid) > current_setting('autovacuum_freeze_max_age')::int)
 GROUP BY c.oid, c.relname, l.pid, a.application_name, a.backend_type, a.xact_start
 ORDER BY c.relname, 2

-- sequences --
-- Sequences of the schema, and of what settings name of others, that are nearly used up.
SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), sequencename::text, last_value, max_value
  FROM pg_sequences
 WHERE (schemaname = %(schema)s::text
        OR quote_ident(schemaname) || '.' || quote_ident(sequencename) = ANY (%(others)s::text[]))
   AND last_value > %(percent)s::numeric / 100 * max_value
 ORDER BY last_value::numeric / max_value DESC

-- veiled_sequences --
-- Sequences of the schema, and of what settings name of others, whose value this role is not shown; it stands as NULL, like that of one never used.
-- CASE, since the server asks in any order and refuses to be asked about a table.
SELECT quote_ident(n.nspname) || '.' || quote_ident(q.relname)
  FROM pg_class AS q
  JOIN pg_namespace AS n ON n.oid = q.relnamespace
 WHERE q.relkind = 'S' 
   AND (n.nspname = %(schema)s::text
        OR quote_ident(n.nspname) || '.' || quote_ident(q.relname) = ANY (%(others)s::text[]))
   AND CASE q.relkind WHEN 'S' THEN has_sequence_privilege(q.oid, 'SELECT, USAGE') IS NOT TRUE END
 ORDER BY q.relname

-- sizes --
-- Bytes of the whole database, of the guard's own schema, and of the protected tables.
SELECT pg_database_size(current_database()),
       (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
          FROM pg_class AS c
         WHERE c.relkind = 'r'
           AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'practice_guard')),
       (SELECT coalesce(sum(pg_total_relation_size(u.oid::oid)), 0)::bigint FROM unnest(%(tables)s::bigint[]) AS u (oid))
