-- would_collide --
-- Rows to be written whose values of a unique key a row that stays where it is has (its primary key), or two of them; the
-- first of those is `ahead` of the others.
SELECT new.row, {name} AS key_name, {number} AS place, min(standing.key) AS occupant,
       bool_and(standing.key IS NULL AND shared.nth = 1) AS ahead
  FROM (SELECT p.row, {new_columns}
          FROM {whole} AS p
          LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = p.row AND p.live_key IS NULL
          LEFT JOIN {table} AS t ON t.{key}::{key_type} = p.live_key
         WHERE p.meant AND {writes}) AS new
  LEFT JOIN (SELECT t.{key}::{key_type} AS key, {live_columns} FROM {table} AS t
              WHERE NOT EXISTS (SELECT FROM {plan} AS p
                                 WHERE p.meant AND {writes} AND p.live_key = t.{key}::{key_type})) AS standing
    ON {meets}
  LEFT JOIN (SELECT row, count(*) OVER (PARTITION BY {shared_columns}) AS times,
                    row_number() OVER (PARTITION BY {shared_columns} ORDER BY row) AS nth
               FROM (SELECT p.row, {new_columns}
                       FROM {whole} AS p
                       LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = p.row AND p.live_key IS NULL
                       LEFT JOIN {table} AS t ON t.{key}::{key_type} = p.live_key
                      WHERE p.meant AND {writes}) AS new
              WHERE ROW({shared_columns}) IS NOT NULL) AS shared ON shared.row = new.row
 WHERE standing.key IS NOT NULL OR shared.times > 1
 GROUP BY new.row

-- crowded --
-- Of those, the rows that must yield now: what a user made of a row, what is of an older list, or what would stand where
-- the plan leaves a row, or where the very same row stands; once there are none of these, whatever stands in the way of
-- others; in the end, all but the first of those that share a place.
SELECT y.row, 'yield', 'conflicting', 'another row stands in its place, and ' || y.key_name || ' allows one', y.occupant
  FROM (SELECT x.*, min(x.turn) OVER () AS turn_now, row_number() OVER (PARTITION BY x.row ORDER BY x.turn, x.place DESC) AS nth
          FROM (SELECT c.*, CASE WHEN p.bucket = 'edited' OR p.list <> 1
                                      OR EXISTS (SELECT FROM {plan} AS o
                                                  WHERE o.live_key = c.occupant
                                                    AND (NOT o.meant OR o.bucket NOT IN ('intact', 'relink')))
                                      OR (c.occupant IS NOT NULL AND c.place = ANY ({alike})) THEN 1
                                 WHEN c.occupant IS NOT NULL THEN 2
                                 ELSE 3 END AS turn
                  FROM (
{collisions}
                       ) AS c (row, key_name, place, occupant, ahead)
                  JOIN {whole} AS p ON p.row = c.row) AS x
         WHERE x.turn < 3 OR NOT x.ahead) AS y
 WHERE y.turn = y.turn_now AND y.nth = 1

-- count --
-- How many rows must wait.
SELECT count(*) FROM {waits} AS c
