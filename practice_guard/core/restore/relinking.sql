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
  FROM {lines} AS p{spelled}
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

-- moving --
-- All rows that are pointed elsewhere, numbered: whose way they are in nobody can tell.
SELECT p.live_key, row_number() OVER (ORDER BY p.row) AS nth
  FROM {lines} AS p
 WHERE {writes} AND p.live_key IS NOT NULL

-- park --
-- First step of updates that cross a unique key (17 to 18 and 18 to 17): those in the way go where nobody is.
UPDATE {table} AS t
   SET {column} = {value}
  FROM ({blocking}) AS b{free}
 WHERE b.live_key = t.{key}{live_cast}

-- free_ids --
-- Ids that are there and that no row of the table has or will have: where rows wait while others take their place.

  JOIN (SELECT f.id, row_number() OVER () AS nth
          FROM (SELECT {free_id} AS id
                  FROM {parent} AS o
                 WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.{column} = o.{parent_column})
                   AND NOT EXISTS (SELECT FROM {lines} AS p WHERE {writes} AND p.a{place} = {number})
                 LIMIT {count}) AS f) AS free ON free.nth = b.nth

-- free_numbers --
-- The first numbers that no row of the table has or will have, where anything may stand.

  JOIN (SELECT n.id, row_number() OVER () AS nth
          FROM (SELECT g.id
                  FROM generate_series(1, {count} + (SELECT count(*) FROM {table} AS t)
                                                  + (SELECT count(*) FROM {lines} AS o)) AS g (id)
                 WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.{column} = g.id)
                   AND NOT EXISTS (SELECT FROM {lines} AS p WHERE {writes} AND p.a{place} = g.id)
                 LIMIT {count}) AS n) AS free ON free.nth = b.nth

-- greatest_number --
-- The greatest one that a row of the table has or will have.

 CROSS JOIN (SELECT greatest((SELECT max(t.{column})::bigint FROM {table} AS t),
                             (SELECT max(p.a{place}) FROM {lines} AS p WHERE {writes})) AS id) AS free

-- unseen --
-- Whether rows of a table can be taken out and put in again in one statement without anybody noticing. What is checked
-- of a foreign key without action is checked at the statement's end, when the key is there again; CASCADE and its like
-- act at once.
WITH parts AS (SELECT %(table)s::oid AS oid
                UNION SELECT t.relid::oid FROM pg_catalog.pg_partition_tree(%(table)s::oid::regclass) AS t)
SELECT NOT c.relrowsecurity
       AND pg_catalog.has_table_privilege(c.oid, 'INSERT') AND pg_catalog.has_table_privilege(c.oid, 'DELETE')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_rewrite AS r JOIN parts ON parts.oid = r.ev_class
                        WHERE r.ev_enabled <> 'D')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS g JOIN parts ON parts.oid = g.tgrelid
                        WHERE NOT g.tgisinternal AND g.tgenabled <> 'D')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k JOIN parts ON parts.oid = k.confrelid
                        WHERE k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd'))
  FROM pg_catalog.pg_class AS c
 WHERE c.oid = %(table)s

-- put_anew --
-- Takes rows out and puts them in as they were, but pointing elsewhere. All are out before the first is put in, since
-- they are sorted meanwhile.
WITH gone AS (
    DELETE FROM {table} AS t
     USING {lines} AS p{spelled}
     WHERE {writes} AND p.live_key = t.{key}{live_cast}
    RETURNING p.row AS nth, {values})
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {taken} FROM gone ORDER BY gone.nth

-- updated_right --
-- How many of the rows updated point where they should.
SELECT count(*)
  FROM {lines} AS p
  JOIN {table} AS t ON p.live_key = t.{key}{live_cast}
 WHERE {writes} AND {pointing}
