-- knowing_teams --
-- The kept lists that have teams of these ids.
SELECT t.list, t.id FROM practice_guard.team_lists AS t WHERE t.id = ANY (%(ids)s::bigint[])

-- knowing_leagues --
-- The kept lists that have leagues of these ids.
SELECT t.list, t.id FROM practice_guard.league_lists AS t WHERE t.id = ANY (%(ids)s::bigint[])

-- knowing_nothing --
-- Of a parent of which no lists are kept.
SELECT NULL::text, u.id FROM unnest(%(ids)s::bigint[]) AS u (id) WHERE false
