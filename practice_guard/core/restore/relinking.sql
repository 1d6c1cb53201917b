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
  FROM {lines} AS p
 WHERE {writes} AND p.live_key = t.{key}{live_cast}

-- in_the_way --
-- How many rows leave what another one goes to, as far as a unique key's references say.
SELECT count(*) FROM ({blocking}) AS b

-- blocking --
-- Those rows, numbered.
SELECT p.live_key, row_number() OVER (ORDER BY p.row) AS nth
  FROM {lines} AS p
 WHERE {writes} AND p.live_key IS NOT NULL AND ROW({before_parts}) IS DISTINCT FROM ROW({after_parts})
   AND EXISTS (SELECT FROM {lines} AS o
                WHERE {other_writes} AND o.live_key IS NOT NULL
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
                   AND NOT EXISTS (SELECT FROM {lines} AS p WHERE {writes} AND p.a{place} = o.{parent_column})
                 LIMIT {count}) AS f) AS free ON free.nth = b.nth

-- updated_right --
-- How many of the rows updated point where they should.
SELECT count(*)
  FROM {lines} AS p
  JOIN {table} AS t ON p.live_key = t.{key}{live_cast}
 WHERE {writes} AND {pointing}
