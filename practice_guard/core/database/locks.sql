-- try_lock --
-- The guard's advisory lock, held until the transaction ends.
SELECT pg_try_advisory_xact_lock(%(key)s::int, %(number)s::int)

-- lock_holders --
-- Who holds the advisory lock of this database, and since when.
SELECT a.pid, a.application_name, to_char(coalesce(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS TZ')
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a USING (pid)
 WHERE l.locktype = 'advisory' AND l.classid = %(key)s::bigint::oid AND l.objid = %(number)s::bigint::oid
   AND l.objsubid = 2 AND l.granted
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 ORDER BY a.pid

-- inside_a_run --
-- Whether the advisory lock is held by the run whose ETL this session says it is (see `runs.GUARD` and `runs.ETL`).
SELECT EXISTS (
    SELECT FROM pg_locks AS l
      JOIN pg_stat_activity AS a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid = %(key)s::bigint::oid AND l.objid = %(number)s::bigint::oid
       AND l.objsubid = 2 AND l.granted
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND starts_with(a.application_name, 'practice_guard:run:')
       AND current_setting('application_name') = 'practice_guard_etl:' || split_part(a.application_name, ':', 3))

-- server --
-- Seconds after which the server looks for a deadlock and ends somebody, whether it is a standby, whether transactions
-- only read unless they say otherwise, and for whom.
SELECT setting::float8 / 1000, pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on',
       quote_ident(session_user), quote_ident(current_database())
  FROM pg_settings WHERE name = 'deadlock_timeout'

-- table_holders --
-- Who else has a lock on these tables that keeps others from writing or reading, and since when.
SELECT DISTINCT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type), a.backend_type,
       to_char(coalesce(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS TZ')
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a USING (pid)
 WHERE l.relation IN (SELECT to_regclass(name)::oid FROM unnest(%(tables)s::text[]) AS name)
   AND l.granted AND l.pid <> pg_backend_pid() AND l.mode <> 'AccessShareLock'
 ORDER BY a.pid

-- any_holders --
-- Who else has a lock on any table of this database that keeps others from writing or reading, and since when.
SELECT DISTINCT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type), a.backend_type,
       to_char(coalesce(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS TZ')
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a USING (pid)
 WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.relation::bigint >= 16384 AND l.granted AND l.pid <> pg_backend_pid() AND l.mode <> 'AccessShareLock'
 ORDER BY a.pid
