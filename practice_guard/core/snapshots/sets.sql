-- read_by_people --
-- A snapshot's rows with the team that each hung on, as a person reads them in an incident.
SELECT {names}, p.*
  FROM practice_guard.{rows} AS p
  LEFT JOIN practice_guard.{lists} AS t
    ON t.list = coalesce(p.guard_from -> {column} ->> 'list',
                         {snapshot})
   AND t.id = coalesce((p.guard_from -> {column} ->> 'id')::bigint,
                       p.{reference})
 ORDER BY p.guard_row;
