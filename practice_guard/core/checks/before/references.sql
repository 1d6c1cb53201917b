-- replication_role --
-- Whether foreign keys and triggers work in this session.
SELECT current_setting('session_replication_role')

-- pointing --
-- Rows of an unprotected table that the next import would leave without their team or league, and those it has left.
SELECT count(*) FILTER (WHERE {here}), count(*) FILTER (WHERE {gone})
  FROM {table} AS t

-- is_there --
-- A reference that points at something.
t.{column} = ANY (%({ids})s::bigint[])
