-- counting --
-- The rows of a table that nobody protects: with a value in each of its columns that lead away, at something that is
-- there, at something that is not, with their first value in each column, and with none at all; and those of each
-- column that hang on a row which no protected set has.
SELECT ARRAY[{pointing}]::bigint[], count(*) FILTER (WHERE {here}), count(*) FILTER (WHERE {gone}),
       ARRAY[{first}]::bigint[], count(*) FILTER (WHERE {nothing}), ARRAY[{outside}]::bigint[]
  FROM {table} AS t

-- is_there --
-- A reference that points at something.
EXISTS (SELECT FROM {table} AS p WHERE p.{number} = t.{column})

-- is_gone --
-- A reference that points at something that is not there.
(t.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {table} AS p WHERE p.{number} = t.{column}))

-- outside --
-- A reference that points at a row of a protected set's table that does not belong to the set.
t.{column} IN (SELECT t.{number} FROM {table} AS t WHERE NOT coalesce({condition}, false))

-- points --
-- Whether any row points at something.
SELECT EXISTS (SELECT FROM {table} AS t WHERE t.{column} IS NOT NULL)

-- readable --
-- Which of these tables this role may read as they are.
SELECT c.oid::bigint
  FROM pg_class AS c
 WHERE c.oid = ANY (%(tables)s::bigint[]::oid[]) AND has_schema_privilege(c.relnamespace, 'USAGE')
   AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
