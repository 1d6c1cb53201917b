-- sums --
-- What rows are now, to compare with what an entry left.
SELECT u.key, encode(sha256(convert_to(t::text, 'UTF8')), 'hex')
  FROM unnest(%(keys)s::text[]) AS u (key)
  JOIN {table} AS t ON t.{key} = u.key::{key_type}

-- hanging --
-- How many rows point at some that are to go, and are not taken back themselves.
SELECT count(*) FROM {table} AS t
 WHERE t.{column}::text = ANY (%(keys)s::text[]) AND ({own} = ANY (%(leaving)s::text[])) IS NOT TRUE

-- take_out --
-- Removes rows that a restore put in.
DELETE FROM {table} AS t USING unnest(%(keys)s::text[]) AS u (key)
 WHERE t.{key} = u.key::{key_type}
RETURNING t.{key}::text
