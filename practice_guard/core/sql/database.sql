-- try_lock --
-- The guard's advisory lock, held until the transaction ends.
SELECT pg_try_advisory_xact_lock(%(key)s::int, %(number)s::int)

-- lock_holders --
-- Who holds the advisory lock of this database, and since when.
SELECT a.pid, a.application_name, to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ')
  FROM pg_locks AS l
  JOIN pg_stat_activity AS a USING (pid)
 WHERE l.locktype = 'advisory' AND l.classid = %(key)s::bigint::oid AND l.objid = %(number)s::bigint::oid
   AND l.objsubid = 2 AND l.granted
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 ORDER BY a.pid
