-- few_left --
-- How many protected rows a table has, as far as it takes to know that they are not few, and those of them that hang on
-- nothing.
SELECT count(*), count(*) FILTER (WHERE v.id IS NULL)
  FROM (SELECT t.{reference} FROM {table} AS t WHERE {condition} LIMIT {more}) AS t
  LEFT JOIN {there} AS v ON v.id = {pointed}

-- busy --
-- What the rows of a table stand on that are protected, or that have a primary key of the snapshot's.
SELECT DISTINCT {pointed_live}
  FROM (SELECT t.*, ({condition}) IS TRUE AS guard_protected FROM {table} AS t) AS l
  LEFT JOIN practice_guard.{rows} AS t ON {same_key}
 WHERE l.guard_protected OR t.guard_row IS NOT NULL

-- plainly --
-- Whether nothing in the table can be a row, and all that it points at is known and there.
t.guard_from IS NULL AND t.{reference} IS NOT NULL AND {known}
               AND b.id IS NULL AND r.row IS NULL AND c.key IS NULL{allowed}

-- none_can_be_it --
-- What stands on its team, what a restore has put under another key, and what an older list has of its key.
          LEFT JOIN {busy} AS b ON b.id = g0.id
          LEFT JOIN (SELECT DISTINCT o.row FROM {renumbered} AS o WHERE o.set_name = {set}) AS r ON r.row = t.guard_row
          LEFT JOIN (SELECT DISTINCT {kept_key} AS key FROM practice_guard.{rows} AS t WHERE t.guard_carried) AS c
            ON c.key = {kept_key}

-- whole --
-- The lines that were laid down, and those that follow from the snapshot and the goals.
SELECT p.* FROM {plan} AS p
UNION ALL
{unsaid}

-- unsaid --
-- What the plan says of rows that are plainly to be put back.
SELECT t.guard_row, {kept_key}, false, 'insert', NULL::{key_type}, 1::smallint, {old}, {team_list}, {team},
       g0.evidence, g0.fate, NULL::text, '', false, false, '{{}}'::smallint[], true, false, {kept_key}, {befores}, {afters}
  FROM practice_guard.{rows} AS t
{goals}
 WHERE NOT t.guard_carried AND NOT EXISTS (SELECT FROM {plan} AS p WHERE p.row = t.guard_row)
