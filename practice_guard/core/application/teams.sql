-- team_list --
-- Every team with the names that tell who it is; a part is NULL where its row is gone.
SELECT t.id, l.league_id, c.name, s.name, t.team_name, {alias}
  FROM {teams} AS t
  LEFT JOIN {leagues} AS l ON l.id = t.league_id
  LEFT JOIN {clubs} AS c ON c.id = t.club_id
  LEFT JOIN {series} AS s ON s.id = t.series_id
 ORDER BY t.id

-- league_list --
-- Every league's id and code.
SELECT id, league_id FROM {leagues} ORDER BY id

-- rosters --
-- The outside ids of each team's players.
SELECT team_id, array_agg(DISTINCT tenniscores_player_id::text)
  FROM {players}
 WHERE team_id IS NOT NULL
 GROUP BY team_id
