-- kept_rows --
-- A snapshot's rows of one set, as pairing needs them.
SELECT t.guard_row, t.guard_carried, t.guard_from::text, t.{key}::text, ROW({content})::text, {created},
       ARRAY[{references}]::bigint[]
  FROM practice_guard.{rows} AS t
 ORDER BY t.guard_row

-- live_rows --
-- The table's rows that are protected now, or have a primary key of the snapshot's.
SELECT t.{key}::text, ROW({content})::text, {created}, ARRAY[{references}]::bigint[], {condition} IS TRUE
  FROM {table} AS t
 WHERE {condition} OR t.{key}::text IN (SELECT s.{key}::text FROM practice_guard.{rows} AS s)
 ORDER BY t.{key}

-- live_rows_alone --
-- The table's protected rows, where there is no snapshot to compare with.
SELECT t.{key}::text, ROW({content})::text, {created}, ARRAY[{references}]::bigint[], true
  FROM {table} AS t
 WHERE {condition}
 ORDER BY t.{key}

-- live_alike --
-- The ETL's own rows that say of themselves what some of the snapshot's do.
SELECT t.{key}::text, ROW({content})::text, ARRAY[{references}]::bigint[]
  FROM {table} AS t
 WHERE ROW({content})::text IN (SELECT ROW({kept})::text FROM practice_guard.{rows} AS s)
 ORDER BY t.{key}

-- pointed_at --
-- A condition: rows at which those of another table point.
t.{key} IN (SELECT x.{column} FROM {table} AS x)

-- keys --
-- The primary keys of a table whose rows others hang on.
SELECT t.{key}::bigint FROM {table} AS t

-- blocked --
-- Rows to be put back with a value in a column that points at nothing, by a foreign key that is none of ours.
SELECT s.guard_row
  FROM practice_guard.{rows} AS s
 WHERE s.guard_row = ANY (%(rows)s::bigint[]) AND s.{column} IS NOT NULL
   AND NOT EXISTS (SELECT FROM {parent} AS p WHERE p.{parent_column}::text = s.{column}::text)

-- trust_path --
-- The application's own search path, for triggers that rely on it.
SELECT set_config('search_path', (SELECT reset_val FROM pg_settings WHERE name = 'search_path'), true)

-- pin_path --
-- Back to the pinned one.
SELECT set_config('search_path', 'pg_catalog', true)

-- untouched --
-- Count and digest of the rows that the plan does not touch.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t
         WHERE NOT EXISTS (SELECT FROM unnest(%(keys)s::text[]) AS u (key) WHERE u.key = t.{key}::text)) AS rows

-- kept_of_updated --
-- Count and digest of what an update of references must leave as it is.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t
          JOIN unnest(%(keys)s::text[]) AS u (key) ON u.key::{key_type} = t.{key}) AS rows

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

-- sequence_value --
-- The last value that a sequence gave; one that was just restarted has given none.
SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence}

-- highest_key --
-- The highest primary key in use.
SELECT max({key})::bigint FROM {table}

-- advance_sequence --
-- Moves a sequence forwards. It is not rolled back with the transaction, which does no harm in this direction.
SELECT setval(%(sequence)s::text::regclass, %(value)s::bigint)

-- next_keys --
-- New primary keys.
SELECT nextval(%(sequence)s::text::regclass)::text FROM generate_series(1, %(count)s::int)

-- insert_rows --
-- Puts rows back as the snapshot keeps them, under the primary keys given and with new references.
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values}
  FROM unnest(%(rows)s::bigint[], %(keys)s::text[], {arrays}) AS u (row, key, {names})
  JOIN practice_guard.{rows} AS s ON s.guard_row = u.row
RETURNING {key}::text

-- restored_right --
-- How many of the rows put back are there, to the letter, under their key, and point where they should.
SELECT count(*)
  FROM unnest(%(rows)s::bigint[], %(keys)s::text[], {arrays}) AS u (row, key, {names})
  JOIN practice_guard.{rows} AS s ON s.guard_row = u.row
  JOIN {table} AS t ON t.{key} = u.key::{key_type}
 WHERE ROW({live})::text = ROW({kept})::text AND ROW({live_references})::text = ROW({names_list})::text

-- updated_right --
-- How many of the rows updated point where they should.
SELECT count(*)
  FROM unnest(%(keys)s::text[], {arrays}) AS u (key, {names})
  JOIN {table} AS t ON t.{key} = u.key::{key_type}
 WHERE ROW({live_references})::text = ROW({names_list})::text

-- would_be_null --
-- How many of the rows to be put back have no value for a column that must have one now.
SELECT count(*) FROM practice_guard.{rows} AS s
 WHERE s.guard_row = ANY (%(rows)s::bigint[]) AND s.{column} IS NULL

-- would_collide --
-- Rows to be written whose values of a unique key a row that stays where it is has (its primary key), or two of them.
WITH new AS (
    SELECT u.row, {new_columns}
      FROM unnest(%(rows)s::bigint[], %(keys)s::text[], {arrays}) AS u (row, key, {names})
      LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = u.row AND u.key IS NULL
      LEFT JOIN {table} AS t ON t.{key} = u.key::{key_type}),
     standing AS (
    SELECT t.{key}::text AS key, {live_columns} FROM {table} AS t
     WHERE NOT EXISTS (SELECT FROM unnest(%(keys)s::text[]) AS u (key) WHERE u.key = t.{key}::text)),
     shared AS (
    SELECT row, count(*) OVER (PARTITION BY {key_columns}) AS times FROM new WHERE ROW({key_columns}) IS NOT NULL)
SELECT new.row, min(standing.key)
  FROM new
  LEFT JOIN standing ON ({standing_columns}) = ({key_columns})
  LEFT JOIN shared ON shared.row = new.row
 WHERE standing.key IS NOT NULL OR shared.times > 1
 GROUP BY new.row
 ORDER BY new.row
