-- would_collide --
-- Rows to be written whose values of a unique key a row that stays where it is has (its primary key), or two of them.
SELECT new.row, {name} AS key_name, {number} AS place, min(standing.key) AS occupant
  FROM (SELECT p.row, {new_columns}
          FROM {whole} AS p
          LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = p.row AND p.live_key IS NULL
          LEFT JOIN {table} AS t ON t.{key}::{key_type} = p.live_key
         WHERE p.meant AND {writes}) AS new
  LEFT JOIN (SELECT t.{key}::{key_type} AS key, {live_columns} FROM {table} AS t
              WHERE NOT EXISTS (SELECT FROM {plan} AS p
                                 WHERE p.meant AND {writes} AND p.live_key = t.{key}::{key_type})) AS standing
    ON {meets}
  LEFT JOIN (SELECT row, count(*) OVER (PARTITION BY {shared_columns}) AS times
               FROM (SELECT p.row, {new_columns}
                       FROM {whole} AS p
                       LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = p.row AND p.live_key IS NULL
                       LEFT JOIN {table} AS t ON t.{key}::{key_type} = p.live_key
                      WHERE p.meant AND {writes}) AS new
              WHERE ROW({shared_columns}) IS NOT NULL) AS shared ON shared.row = new.row
 WHERE standing.key IS NOT NULL OR shared.times > 1
 GROUP BY new.row

-- crowded --
-- Of those, the rows that must yield: what a user made of a row, what is of an older list, or what would stand where the
-- plan leaves a row, or where the very same row stands.
SELECT DISTINCT ON (c.row) c.row, c.key_name, c.occupant
  FROM (
{collisions}
       ) AS c (row, key_name, place, occupant)
  JOIN {whole} AS p ON p.row = c.row
 WHERE p.bucket = 'edited' OR p.list <> 1
    OR EXISTS (SELECT FROM {plan} AS o
                WHERE o.live_key = c.occupant AND (NOT o.meant OR o.bucket NOT IN ('intact', 'relink')))
    OR (c.occupant IS NOT NULL AND c.place = ANY ({alike}))
 ORDER BY c.row, c.place DESC

-- waits --
-- Leaves a crowded row where it is, or on nothing where it hangs on what was given its own old id. One whose twin the
-- application wrote stays there: on nothing it would be taken for the twin and be seen no more.
SELECT p.row, p.key, p.carried, CASE WHEN c.row IS NULL THEN p.bucket ELSE 'pending' END, p.live_key, p.list, p.old,
       p.team_list, p.team, p.evidence, p.fate, CASE WHEN c.row IS NULL THEN p.reason ELSE 'conflicting' END,
       CASE WHEN c.row IS NULL THEN p.note
            ELSE 'another row stands in its place, and ' || c.key_name || ' allows one' END,
       p.new_key AND c.row IS NULL, p.was_wrong, p.unresolved, p.meant, p.moved AND c.row IS NULL,
       CASE WHEN c.row IS NULL OR p.live_key IS NOT NULL THEN p.put END, {before_list}, {first}, {others}
  FROM {former} AS p
  LEFT JOIN {crowded} AS c ON c.row = p.row

-- first_of_crowded --
-- What the first reference of a row will be.
CASE WHEN c.row IS NULL THEN p.a0
     WHEN p.live_key IS NULL THEN NULL
     WHEN {nullable} AND p.was_wrong AND p.b0 = p.old
      AND NOT (p.bucket <> 'edited' AND c.occupant IS NOT NULL
               AND NOT EXISTS (SELECT FROM {plan_or_former} AS o WHERE o.live_key = c.occupant)
               AND NOT ({sparse} AND EXISTS (SELECT FROM practice_guard.{rows} AS t
                                              WHERE NOT t.guard_carried AND {kept_key} = c.occupant
                                                AND NOT EXISTS (SELECT FROM {plan_or_former} AS o
                                                                 WHERE o.row = t.guard_row)))) THEN NULL
     ELSE p.b0 END

-- with_unsaid --
-- The lines there were, and those that crowded rows would have had.
(SELECT * FROM {former} UNION ALL
SELECT * FROM (
{unsaid}
) AS u WHERE u.guard_row IN (SELECT c.row FROM {crowded} AS c))

-- count --
-- How many rows are crowded.
SELECT count(*) FROM {crowded} AS c

-- broken --
-- How many rows of a plan break which unique key.
SELECT c.key_name, min(c.place), count(DISTINCT c.row)
  FROM (
{collisions}
       ) AS c (row, key_name, place, occupant)
 GROUP BY 1
