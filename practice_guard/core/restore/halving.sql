-- turns --
-- The rows that are written, numbered in the order in which they are; in each set those last that stood alone when the
-- database refused them, so that a search which comes to no end begins where it has not been.
SELECT row_number() OVER (ORDER BY w.place, w.known, w.row), w.name, w.row FROM (
{rows}
) AS w (place, name, row, known)

-- of_a_set --
-- The rows of one set that are written.
SELECT {place}, {set}::text, p.row, strpos({before}, {alone}) > 0 FROM {lines} AS p WHERE {writes}

-- left --
-- The rows of some parts, numbered anew.
SELECT row_number() OVER (ORDER BY t.nth), t.set_name, t.row
  FROM {former} AS t
  JOIN unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) AS u (first, last) ON t.nth BETWEEN u.first AND u.last

-- count --
-- How many rows have a turn.
SELECT count(*) FROM {turns} AS t

-- spans --
-- Between which of its rows those of a set are whose turns are some.
SELECT u.set_name, min(u.row), max(u.row)
  FROM {turns} AS u
 WHERE u.nth BETWEEN %(first)s::bigint AND %(last)s::bigint
 GROUP BY u.set_name

-- in_turn --
-- Whether it is a row's turn.
p.row BETWEEN {lowest} AND {highest}
 AND p.row IN (SELECT u.row FROM {turns} AS u WHERE u.set_name = {set} AND u.nth BETWEEN {first} AND {last})

-- named --
-- The rows of a set in some parts, with the part, and what their lines say.
SELECT u.place::int, t.row, {says}, {before}
  FROM unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) WITH ORDINALITY AS u (first, last, place)
  JOIN {turns} AS t ON t.set_name = {set} AND t.nth BETWEEN u.first AND u.last
  JOIN {lines} AS p ON p.row = t.row
