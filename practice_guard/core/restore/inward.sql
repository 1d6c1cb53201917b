-- each_once --
-- The rows of a set that must wait, each once.
SELECT DISTINCT ON (x.row) x.row, 'yield', 'missing', x.note, NULL::{key_type} FROM (
{lost}
) AS x (row, note) ORDER BY x.row, x.note

-- points_nowhere --
-- Rows to be put back that point at a row which will not be there: one that waits, or one that neither the snapshot nor the
-- table has, unless nothing holds the number to be one.
SELECT p.row, 'what its ' || {name} || ' points at is not there'
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
{joins}
{there}
 WHERE p.meant AND p.bucket = 'insert' AND s.{column} IS NOT NULL
   AND NOT coalesce({above}.live_key IS NOT NULL OR {above}.bucket = 'insert', t.key IS NOT NULL)
   AND NOT ({dangling} AND {above}.row IS NULL)

-- brought_by_none --
-- The same of rows that point at another column than the primary key, whose values come back as they were.
SELECT p.row, 'what its ' || {name} || ' points at is not there'
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
  LEFT JOIN (SELECT {parent_column}{cast} AS key, bool_or(o.meant AND o.bucket = 'insert') AS inserted
               FROM practice_guard.{parent_rows} AS k
               JOIN {above} AS o ON o.row = k.guard_row
              GROUP BY 1) AS a ON a.key = s.{column}{cast}
{there}
 WHERE p.meant AND p.bucket = 'insert' AND s.{column} IS NOT NULL AND NOT coalesce(a.inserted, false) AND t.key IS NULL

-- hangs_on_what_waits --
-- Rows to be written that hang on a row which is not put back.
SELECT p.row, {thing}
  FROM {plan} AS p
  JOIN {above} AS o ON p.a{place} = CASE WHEN o.new_key THEN {stand_in} - o.row ELSE o.key::bigint END
 WHERE p.meant AND {writes} AND o.bucket = 'pending' AND o.live_key IS NULL

-- count --
-- How many rows must wait.
SELECT count(*) FROM {waits} AS c

-- joined --
-- What a row that is put back points at: of a row that an older snapshot had already, what that one had.

  LEFT JOIN {above} AS {alias} ON {alias}.key::{number} = s.{column}::{number} AND {alias}.carried = p.carried
   AND (NOT p.carried OR {alias}.list IS NOT DISTINCT FROM p.list)

-- value --
-- The primary key of what a row points at.
CASE WHEN s.{column} IS NOT NULL THEN coalesce({alias}.put::{number}, s.{column}::{number})::{type} END
