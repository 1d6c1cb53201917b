-- referring --
-- Protected rows whose columns point somewhere.
SELECT count(*) FROM {table} AS t WHERE {condition} AND {set_to}

-- definitions --
-- Foreign keys of some tables as PostgreSQL writes them.
SELECT c.relname::text, con.conname::text, pg_get_constraintdef(con.oid)
  FROM pg_constraint AS con
  JOIN pg_class AS c ON c.oid = con.conrelid
 WHERE con.contype = 'f' AND c.oid = ANY (%(tables)s::bigint[]::oid[])
