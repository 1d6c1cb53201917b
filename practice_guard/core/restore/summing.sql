-- sums --
-- How many rows of each team the plan says the same of.
SELECT count(*), p.bucket, p.team_list, p.team, p.evidence, p.fate, p.reason, p.note, p.was_wrong, {writes} AS writes,
       cardinality(p.unresolved) > 0 AS lost, p.old IS NOT NULL AS hung, p.moved, p.meant
  FROM {plan} AS p
 GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14

-- sums_of_others --
-- The same of rows without a line, in place to the letter or plainly to be put back: all that a list's team has, without
-- those in the plan. What was laid down to be planned and has no line is none of them: counted once more, no total is
-- right.

UNION ALL
SELECT t.rows - coalesce(p.rows, 0), {bucket}, {team_list}, {team}, g.evidence, g.fate, NULL, '', false, {written}, false,
       t.old IS NOT NULL, false, true
  FROM (SELECT {list} AS list, {old} AS old, count(*) AS rows
          FROM practice_guard.{rows} AS t
         WHERE NOT t.guard_carried
         GROUP BY 1, 2) AS t
  LEFT JOIN (SELECT p.list, p.old, count(*) AS rows FROM {plan} AS p WHERE NOT p.carried GROUP BY 1, 2) AS p
    ON coalesce(p.list, 0) = coalesce(t.list, 0) AND coalesce(p.old, 0) = coalesce(t.old, 0)
   AND (p.old IS NULL) = (t.old IS NULL)
  LEFT JOIN {goals} AS g ON g.list = t.list AND g.old = t.old
 WHERE t.rows > coalesce(p.rows, 0)
UNION ALL
SELECT count(*), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM {rest} AS k
 WHERE k.row IS NOT NULL AND NOT EXISTS (SELECT FROM {plan} AS p WHERE p.row = k.row)
HAVING count(*) > 0

-- writes --
-- Whether applying the plan touches a row.
(p.bucket = 'insert' OR (p.live_key IS NOT NULL AND ROW({before_list}) IS DISTINCT FROM ROW({after_list})))

-- digest --
-- Two sums of hashes over what the plan does to each row of a set, and their count. What is in place under its own key
-- has a line or none, as the rest of the table is; it says nothing here.
SELECT count(*), coalesce(sum(hashtextextended(line, 1)), 0)::text, coalesce(sum(hashtextextended(line, 2)), 0)::text
  FROM (SELECT ROW(p.row, p.bucket, p.live_key, {before_list}, {after_list}, p.new_key)::text COLLATE "C" AS line
          FROM {lines} AS p
         WHERE p.meant AND NOT (p.bucket = 'intact' AND NOT p.carried AND p.live_key = p.key)) AS lines

-- added --
-- Protected rows of the table that no row of the snapshot was paired with, and those of them that hang on nothing.
SELECT count(*), count(*) FILTER (WHERE NOT l.there AND {amiss}), 0::bigint, ({live})
  FROM {rest} AS l
 WHERE l.protected AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = l.lkey)

-- live --
-- How many rows of a table are protected now.
SELECT count(*) FROM {table} AS t WHERE {condition}

-- duplicated --
-- How many rows are there more often than they were.
SELECT count(*) FROM ({doubles}) AS d

-- doubles --
-- Added rows that say the same, on the same team, as one that was paired.
WITH more AS (
    SELECT l.lkey, l.lcontent, l.ref0
      FROM {rest} AS l
     WHERE l.protected AND l.there AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = l.lkey)),
     ours AS (
    SELECT l.lcontent, l.ref0 FROM {rest} AS l WHERE EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = l.lkey)
     UNION
    SELECT ROW({live_content})::text, {pointed_live}
      FROM (SELECT * FROM {table} AS t WHERE {condition}) AS l
     WHERE {sparse} AND {pointed_among} IN (SELECT ref0 FROM more)
       AND NOT EXISTS (SELECT FROM {rest} AS r WHERE r.lkey = {live_key}))
SELECT more.lkey, more.ref0 FROM more JOIN ours ON ours.lcontent = more.lcontent AND ours.ref0 = more.ref0

-- rows --
-- The lines of a set's plan; where it is asked for, with what each row says of itself.
SELECT p.row, p.key::text, p.bucket, p.list, p.old, p.live_key::text, ARRAY[{before_list}]::bigint[],
       ARRAY[{after_list}]::bigint[], p.evidence, p.fate, p.new_key, p.was_wrong, p.note, p.unresolved, p.team_list,
       p.team, p.reason, {said}
  FROM {lines} AS p{kept}
 WHERE p.meant AND {asked}
 ORDER BY p.row

-- kept --
-- The row as the snapshot has it.

  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row

-- says --
-- What a row says of itself.
pg_catalog.concat_ws(', ', {content})

-- waiting --
-- Numbers of the rows that are not in place once the plan is applied.
SELECT p.row FROM {plan} AS p
 WHERE p.bucket IN ('pending', 'given_up') OR (NOT p.meant AND p.bucket <> 'intact')

-- is_added --
-- Whether a row of the table was paired with none of the snapshot's.
EXISTS (SELECT FROM {rest} AS l
         WHERE l.protected AND l.lkey = {row} AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = l.lkey))

-- is_accounted_for --
-- Whether a row of the table is one of the snapshot's that is not in place.
EXISTS (SELECT FROM {plan} AS p
         WHERE p.live_key = {row} AND p.meant AND (p.bucket IN ('pending', 'given_up') OR {writes}))

-- accounted_for --
-- How many rows of the table are of the snapshot and not in place.
SELECT count(*) FROM {plan} AS p
 WHERE p.live_key IS NOT NULL AND p.meant AND (p.bucket IN ('pending', 'given_up') OR {writes})

-- waiting_alike --
-- How many rows of a team wait that say the same of themselves.
SELECT encode(sha256(convert_to(ROW({content})::text, 'UTF8')), 'hex'), p.team_list, p.team, count(*)
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row
 WHERE p.meant AND p.bucket = 'pending'
 GROUP BY 1, 2, 3
