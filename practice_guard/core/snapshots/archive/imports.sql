-- write_rows --
-- Puts rows of an export into the table made for them.
INSERT INTO practice_guard.{rows} (guard_row, guard_carried, guard_from, {columns})
SELECT u.row, u.carried, u.origins::jsonb, {values}
  FROM unnest(%(rows)s::bigint[], %(carried)s::boolean[], %(origins)s::text[], {arrays})
       AS u (row, carried, origins, {names})
