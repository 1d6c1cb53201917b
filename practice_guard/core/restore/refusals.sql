-- laid --
-- Rows that were refused a moment ago, by their numbers.
SELECT u.name, u.row, NULL::text, NULL::smallint, NULL::bigint, u.how, u.note
  FROM unnest(%(sets)s::text[], %(rows)s::bigint[], %(hows)s::text[], %(notes)s::text[]) AS u (name, row, how, note)

-- refused --
-- Rows that a plan would write and that were refused: a moment ago, or by an earlier restore, by their keys and what they
-- hung on.
SELECT DISTINCT ON (x.row) x.row, x.how, 'refused', x.note, NULL::{key_type}
  FROM (SELECT p.row, r.how, r.note, 1 AS turn
          FROM {whole} AS p
          JOIN {refused} AS r ON r.set_name = {set} AND r.row = p.row
         WHERE {writes}
         UNION ALL
        SELECT p.row, CASE WHEN {tries} AND p.meant THEN 'try' ELSE r.how END,
               CASE WHEN {tries} AND p.meant THEN {again} ELSE '' END || r.note, 2
          FROM {whole} AS p
          JOIN {refused} AS r ON r.set_name = {set} AND r.row IS NULL AND r.key = p.key::text
           AND r.list IS NOT DISTINCT FROM p.list AND r.old IS NOT DISTINCT FROM p.old
         WHERE {writes}) AS x
 ORDER BY x.row, x.turn

-- listed --
-- The rows of a plan that wait because they were refused, with the ids that they hung on.
SELECT {set}::text, p.key::text, p.list, p.old, p.note FROM {plan} AS p WHERE p.reason = 'refused'

-- turns --
-- The rows that are written, numbered in the order in which they are; in each set those last that stood alone when the
-- database refused them, so that a search which comes to no end begins where it has not been.
SELECT row_number() OVER (ORDER BY w.place, w.known, w.row), w.name, w.row FROM (
{rows}
) AS w (place, name, row, known)

-- of_a_set --
-- The rows of one set that are written.
SELECT {place}, {set}::text, p.row, strpos(coalesce(p.note, ''), {alone}) > 0 FROM {whole} AS p WHERE {writes}

-- left --
-- The rows of some parts, numbered anew.
SELECT row_number() OVER (ORDER BY t.nth), t.set_name, t.row
  FROM {former} AS t
  JOIN unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) AS u (first, last) ON t.nth BETWEEN u.first AND u.last

-- count --
-- How many rows have a turn.
SELECT count(*) FROM {turns} AS t

-- in_turn --
-- Whether it is a row's turn.
p.row IN (SELECT u.row FROM {turns} AS u WHERE u.set_name = {set} AND u.nth BETWEEN {first} AND {last})

-- named --
-- The rows of a set in some parts, with the part, where the plan puts them, and what it says of them.
SELECT u.place::int, t.row, p.bucket, coalesce(p.note, '')
  FROM unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) WITH ORDINALITY AS u (first, last, place)
  JOIN {turns} AS t ON t.set_name = {set} AND t.nth BETWEEN u.first AND u.last
  JOIN {plan} AS p ON p.row = t.row
