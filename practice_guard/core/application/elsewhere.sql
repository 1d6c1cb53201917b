-- schemas --
-- The schemas that may have tables of an application, each with its tables.
SELECT n.nspname::text, array(SELECT c.relname::text FROM pg_class AS c
                               WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname)
  FROM pg_namespace AS n
 WHERE n.nspname !~ '^(pg_|practice_guard$|information_schema$)'
 ORDER BY n.nspname
