-- lock --
-- The lock that every writing command takes for its transaction, here for as long as this session lasts.
SELECT pg_try_advisory_lock(%(key)s::int, %(number)s::int)

-- holds --
-- Whether this session still has that lock, by the server's own account.
SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
                WHERE locktype = 'advisory' AND classid = %(key)s::bigint::oid AND objid = %(number)s::bigint::oid
                  AND objsubid = 2 AND granted AND pid = pg_catalog.pg_backend_pid())

-- outlive_idleness --
-- During the ETL this session does nothing for long; a dead client is to be noticed all the same.
SELECT set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '15', false),
       set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false),
       set_config('client_connection_check_interval', '2s', false)

-- call_itself --
-- The name under which the server lists this session.
SELECT set_config('application_name', %(name)s::text, false)

-- backend --
-- The process that serves us, by its own account.
SELECT pg_backend_pid()
