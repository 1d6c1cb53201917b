-- knowing_teams --
-- The kept lists that have teams of these ids.
SELECT t.list, t.id FROM practice_guard.team_lists AS t WHERE t.id = ANY (%(ids)s::bigint[])

-- knowing_leagues --
-- The kept lists that have leagues of these ids.
SELECT t.list, t.id FROM practice_guard.league_lists AS t WHERE t.id = ANY (%(ids)s::bigint[])

-- knowing_others --
-- The kept lists that have rows of another parent with these ids.
SELECT t.list, t.id FROM practice_guard.parent_lists AS t WHERE t.parent = %(parent)s AND t.id = ANY (%(ids)s::bigint[])
