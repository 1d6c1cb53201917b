-- create_rows --
-- The snapshot's own table for one protected set. `guard_carried` marks rows that were not in the live table but still
-- ought to exist; `guard_from` names the team list an id is from where it is an older one.
CREATE TABLE practice_guard.{rows} (
    guard_row bigint PRIMARY KEY,
    guard_carried boolean NOT NULL,
    guard_from jsonb,
    {definitions}
)

-- copy_rows --
-- Copies the protected rows of one set, numbered from 1, into a table of their own like that of `create_rows`. Made by
-- the SELECT itself it is filled in bulk, and the index is cheaper made of all rows than row by row. Every row is
-- numbered in the order of its key, so that a reader and a restore see rows in the order in which they were made.
CREATE TABLE practice_guard.{rows} AS
SELECT row_number() OVER (ORDER BY t.{key}) AS guard_row, false AS guard_carried, NULL::jsonb AS guard_from, {values}
  FROM {table} AS t
 WHERE {condition};
ALTER TABLE practice_guard.{rows} ADD PRIMARY KEY (guard_row), ALTER guard_carried SET NOT NULL

-- carry_rows --
-- Takes rows over from an earlier snapshot, because their team has not come back yet.
INSERT INTO practice_guard.{rows} (guard_row, guard_carried, guard_from, {columns})
SELECT u.number, true, u.origins::jsonb, {values}
  FROM unnest(%(rows)s::bigint[], %(numbers)s::bigint[], %(origins)s::text[]) AS u (row, number, origins)
  JOIN practice_guard.{old_rows} AS t ON t.guard_row = u.row

-- defaults --
-- The default expressions of columns, as SQL that needs no search path.
SELECT a.attname::text, pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attribute AS a
  JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = %(table)s::bigint::oid AND a.attname = ANY (%(columns)s::text[]) AND a.attidentity = ''

-- carried_alike --
-- How many of the rows taken over are to the letter what they were.
SELECT count(*)
  FROM unnest(%(rows)s::bigint[], %(numbers)s::bigint[]) AS u (row, number)
  JOIN practice_guard.{old_rows} AS t ON t.guard_row = u.row
  JOIN practice_guard.{rows} AS n ON n.guard_row = u.number
 WHERE ROW({old_columns})::text = ROW({new_columns})::text AND {nothing_lost}

-- anchor_rows --
-- Rows that are in the live table without their team keep the ids under which the earlier snapshot knew it.
UPDATE practice_guard.{rows} AS t
   SET guard_from = u.origins::jsonb
  FROM unnest(%(keys)s::text[], %(origins)s::text[]) AS u (key, origins)
 WHERE t.{key}::text = u.key AND NOT t.guard_carried

-- count_teams --
-- How many teams or leagues the rows of a set hang on; grouped, which needs no sort and is shared by workers.
SELECT count(id), NULL::text, NULL::bigint, NULL::text
  FROM (SELECT {reference} AS id FROM practice_guard.{rows} GROUP BY 1) AS ids

-- analyse --
-- Has the server look at the new tables now, so that plans that join them need not wait for autovacuum.
ANALYZE {tables}

-- stored_columns --
-- The columns that a snapshot's tables really have, with their types.
SELECT u.place, a.attname::text, format_type(a.atttypid, a.atttypmod)
  FROM unnest(%(tables)s::text[]) WITH ORDINALITY AS u (name, place)
  JOIN pg_attribute AS a ON a.attrelid = to_regclass(u.name) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY u.place, a.attnum
