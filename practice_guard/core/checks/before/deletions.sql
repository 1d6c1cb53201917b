-- referring --
-- Protected rows whose columns point somewhere.
SELECT count(*) FROM {table} AS t WHERE {condition} AND {set_to}

-- definitions --
-- Foreign keys of some tables as PostgreSQL writes them.
SELECT con.conrelid::bigint, con.conname::text, pg_get_constraintdef(con.oid)
  FROM pg_constraint AS con
 WHERE con.contype = 'f' AND con.conrelid = ANY (%(tables)s::bigint[]::oid[])
