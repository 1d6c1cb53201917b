-- untouched --
-- Count and digest of the rows that the plan does not touch.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t
         WHERE NOT EXISTS (SELECT FROM unnest(%(keys)s::text[]) AS u (key) WHERE u.key = t.{key}::text)) AS rows

-- kept_of_updated --
-- Count and digest of what an update of references must leave as it is.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t
          JOIN unnest(%(keys)s::text[]) AS u (key) ON u.key::{key_type} = t.{key}) AS rows

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
