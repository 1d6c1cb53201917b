-- waits --
-- Leaves a row that is to wait where it is, or on nothing where it hangs on what was given its own old id. One whose twin
-- the application wrote stays there: on nothing it would be taken for the twin and be seen no more.
SELECT p.row, p.key, p.carried, CASE WHEN c.row IS NULL THEN p.bucket ELSE 'pending' END, p.live_key, p.list, p.old,
       p.team_list, p.team, p.evidence, p.fate, CASE WHEN c.row IS NULL THEN p.reason ELSE c.reason END,
       coalesce(c.note, w.note, p.note),
       p.new_key AND c.row IS NULL, p.was_wrong, p.unresolved, p.meant, p.moved AND c.row IS NULL,
       CASE WHEN c.row IS NULL OR p.live_key IS NOT NULL THEN p.put END, {before_list}, {first}{others}
  FROM {former} AS p
  LEFT JOIN {waits} AS w ON w.row = p.row
  LEFT JOIN {waits} AS c ON c.row = p.row AND c.how <> 'try'

-- first --
-- What the first reference of a row will be.
CASE WHEN c.row IS NULL THEN p.a0
     WHEN p.live_key IS NULL THEN NULL
     WHEN c.how = 'stay' THEN p.b0
     WHEN {nullable} AND p.was_wrong AND p.b0 = p.old
      AND NOT (p.bucket <> 'edited' AND c.occupant IS NOT NULL
               AND NOT EXISTS (SELECT FROM {plan_or_former} AS o WHERE o.live_key = c.occupant)
               AND NOT ({sparse} AND EXISTS (SELECT FROM practice_guard.{rows} AS t
                                              WHERE NOT t.guard_carried AND {kept_key} = c.occupant
                                                AND NOT EXISTS (SELECT FROM {plan_or_former} AS o
                                                                 WHERE o.row = t.guard_row)))) THEN NULL
     ELSE p.b0 END

-- with_unsaid --
-- The lines there were, and those that rows which are to wait would have had.
(SELECT f.* FROM {former} AS f UNION ALL
SELECT * FROM (
{unsaid}
) AS u WHERE u.guard_row IN (SELECT c.row FROM {waits} AS c))
