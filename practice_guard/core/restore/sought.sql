-- sought --
-- The ids, each with its list, in a reference of the rows that wait, or whose reference leads nowhere.
SELECT DISTINCT {list}, {old}
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row
 WHERE p.meant AND (p.bucket = 'pending' OR {place} = ANY (p.unresolved)) AND {old} IS NOT NULL
