-- trust_path --
-- The application's own search path, for triggers that rely on it.
SELECT set_config('search_path', (SELECT reset_val FROM pg_settings WHERE name = 'search_path'), true)

-- pin_path --
-- Back to the pinned one.
SELECT set_config('search_path', 'pg_catalog', true)

-- update_references --
-- Points rows at their teams and leagues; each row once, by its primary key.
UPDATE {table} AS t
   SET {assignments}
  FROM unnest(%(keys)s::text[], {arrays}) AS u (key, {names})
 WHERE t.{key} = u.key::{key_type}
RETURNING t.{key}::text

-- free_ids --
-- Ids that are there and that no row of the table has or will have: where rows wait while others take their place.
SELECT p.{parent_column}::bigint
  FROM {parent} AS p
 WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.{column} = p.{parent_column})
   AND p.{parent_column} <> ALL (%(taken)s::bigint[])
 LIMIT %(count)s::int

-- updated_right --
-- How many of the rows updated point where they should.
SELECT count(*)
  FROM unnest(%(keys)s::text[], {arrays}) AS u (key, {names})
  JOIN {table} AS t ON t.{key} = u.key::{key_type}
 WHERE ROW({live_references})::text = ROW({names_list})::text

-- untouched --
-- Count and digest of the rows that the plan does not touch.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t
         WHERE NOT EXISTS (SELECT FROM unnest(%(keys)s::text[]) AS u (key) WHERE u.key = t.{key}::text)) AS rows
