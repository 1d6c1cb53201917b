-- kept --
-- The row as the snapshot has it.

  LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
