-- count --
-- A set's rows, and how many teams or leagues they hang on.
SELECT count(*), count(DISTINCT {owner})
  FROM (SELECT t.* FROM {table} AS t WHERE {condition}) AS t
{joins}

-- above --
-- The rows that a set's rows hang on.
  LEFT JOIN {table} AS {alias} ON {alias}.{key} = {below}.{column}

-- pointing --
-- How many rows point at a team or league.
SELECT count(*) FROM {table} AS t WHERE t.{column} IS NOT NULL

-- points --
-- Whether any row points at a team or league.
SELECT EXISTS (SELECT FROM {table} AS t WHERE t.{column} IS NOT NULL)

-- readable --
-- Which of these tables this role may read as they are.
SELECT c.relname::text
  FROM pg_class AS c
 WHERE c.oid = ANY (%(tables)s::bigint[]::oid[]) AND has_schema_privilege(c.relnamespace, 'USAGE')
   AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
