-- visible --
-- Which tables this role can see as they are: rights on the schema and the table, and row level security that applies.
SELECT c.oid::bigint, has_schema_privilege(c.relnamespace, 'USAGE'), has_table_privilege(c.oid, 'SELECT'),
       row_security_active(c.oid)
  FROM pg_class AS c
 WHERE c.oid = ANY (%(tables)s::bigint[]::oid[])

-- role --
-- Who we are to the server and where, quoted for a GRANT, which major version it is, and which process serves us.
SELECT quote_ident(current_user), quote_ident(current_database()), current_setting('server_version_num')::int / 10000,
       pg_backend_pid()
