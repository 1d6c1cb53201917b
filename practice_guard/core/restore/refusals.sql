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
