-- replication_role --
-- Whether foreign keys and triggers work in this session.
SELECT current_setting('session_replication_role')
