-- digest --
-- Digest, version 1: SHA-256 over the sorted SHA-256 sums of the rows' canonical texts. Sorting makes the order of the
-- rows not matter while their multiplicity does, and unlike a sum of hashes it cannot be met by other rows.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t WHERE {condition}) AS rows

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
-- Copies the protected rows of one set, numbered from 1.
{set} AS (
    INSERT INTO practice_guard.{rows} (guard_row, guard_carried, {columns})
    SELECT row_number() OVER (ORDER BY t.{key}), false, {values}
      FROM {table} AS t
     WHERE {condition})

-- copy_all --
-- Copies the protected rows of all sets as they are at one moment.
WITH {copying}
SELECT

-- carry_rows --
-- Takes rows over from an earlier snapshot, because their team has not come back yet.
INSERT INTO practice_guard.{rows} (guard_row, guard_carried, guard_from, {columns})
SELECT {last} + row_number() OVER (ORDER BY u.row), true, u.origins, {values}
  FROM (
{taken}
       ) AS u
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
  FROM (SELECT x.row, {last} + row_number() OVER (ORDER BY x.row) AS number FROM (
{taken}
       ) AS x) AS u
  JOIN practice_guard.{old_rows} AS t ON t.guard_row = u.row
  JOIN practice_guard.{rows} AS n ON n.guard_row = u.number
 WHERE ROW({old_columns})::text = ROW({new_columns})::text AND {nothing_lost}

-- anchor_rows --
-- Rows that are in the live table without their team keep the ids under which the earlier snapshot knew it.
UPDATE practice_guard.{rows} AS t
   SET guard_from = u.origins
  FROM (
{anchors}
       ) AS u
 WHERE t.{key}::text = u.key::text AND NOT t.guard_carried

-- count_teams --
-- How many teams or leagues the rows of a set hang on.
SELECT count(DISTINCT {reference}), NULL::text FROM practice_guard.{rows}

-- stored_columns --
-- The columns that a snapshot's tables really have, with their types.
SELECT u.place, a.attname::text, format_type(a.atttypid, a.atttypmod)
  FROM unnest(%(tables)s::text[]) WITH ORDINALITY AS u (name, place)
  JOIN pg_attribute AS a ON a.attrelid = to_regclass(u.name) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY u.place, a.attnum
