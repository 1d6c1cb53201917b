-- beside --
-- Count and sums over the rows of a table that no plan writes.
SELECT count(*), coalesce(sum(hashtextextended(line, 1)), 0)::text, coalesce(sum(hashtextextended(line, 2)), 0)::text
  FROM (SELECT ROW({columns})::text COLLATE "C" AS line FROM {table} AS t WHERE {others}) AS lines

-- written_by --
-- Whether a plan writes a row.
EXISTS (SELECT FROM {plan} AS p WHERE p.meant AND {writes} AND p.put = t.{key}::{key_type})

-- moved_by --
-- Whether a plan points a row elsewhere.
EXISTS (SELECT FROM {plan} AS p WHERE p.meant AND {writes} AND p.live_key = t.{key}::{key_type})

-- insert_rows --
-- Puts rows back as the snapshot keeps them, under their primary keys and with new references.
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values}
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
 WHERE p.meant AND p.bucket = 'insert'

-- update_references --
-- Points rows at their teams and leagues; each row once, by its primary key.
UPDATE {table} AS t
   SET {assignments}
  FROM {plan} AS p
 WHERE p.meant AND {writes} AND p.live_key = t.{key}{live_cast}

-- in_the_way --
-- How many rows leave what another one goes to, as far as a unique key's references say.
SELECT count(*) FROM ({blocking}) AS b

-- blocking --
-- Those rows, numbered.
SELECT p.live_key, row_number() OVER (ORDER BY p.row) AS nth
  FROM {plan} AS p
 WHERE p.meant AND {writes} AND p.live_key IS NOT NULL AND ROW({before_parts}) IS DISTINCT FROM ROW({after_parts})
   AND EXISTS (SELECT FROM {plan} AS o
                WHERE o.meant AND {other_writes} AND o.live_key IS NOT NULL
                  AND ROW({other_before}) IS DISTINCT FROM ROW({other_after})
                  AND {meets})

-- park --
-- First step of updates that cross a unique key (17 to 18 and 18 to 17): those in the way go where nobody is.
UPDATE {table} AS t
   SET {column} = {value}
  FROM ({blocking}) AS b{free}
 WHERE b.live_key = t.{key}{live_cast}

-- free_ids --
-- Ids that are there and that no row of the table has or will have: where rows wait while others take their place.

  JOIN (SELECT f.id, row_number() OVER () AS nth
          FROM (SELECT o.{parent_column}::bigint AS id
                  FROM {parent} AS o
                 WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.{column} = o.{parent_column})
                   AND NOT EXISTS (SELECT FROM {plan} AS p WHERE p.meant AND {writes} AND p.a{place} = o.{parent_column})
                 LIMIT {count}) AS f) AS free ON free.nth = b.nth

-- restored_right --
-- How many of the rows put back are there, to the letter, under their key, and point where they should.
SELECT count(*)
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
  JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE p.meant AND p.bucket = 'insert' AND ROW({live})::text = ROW({kept})::text AND {pointing}

-- updated_right --
-- How many of the rows updated point where they should.
SELECT count(*)
  FROM {plan} AS p
  JOIN {table} AS t ON p.live_key = t.{key}{live_cast}
 WHERE p.meant AND {writes} AND {pointing}

-- ledger_rows --
-- The rows of one set that were written, with what they pointed at before and after, and the sum of what they are now.
SELECT {set}::text, p.bucket, p.row, p.key::text, p.put::text,
       CASE WHEN p.live_key IS NULL THEN 'null'::jsonb ELSE jsonb_build_array({before_list}) END,
       jsonb_build_object('refs', jsonb_build_array({after_list}),
                          'sum', encode(sha256(convert_to(t::text, 'UTF8')), 'hex'))
  FROM {plan} AS p
  JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE p.meant AND {writes}
