-- team_list --
-- Every team with the names that tell who it is; a part is NULL where its row is gone.
SELECT t.id::bigint, l.league_id::text, c.name::text, s.name::text, t.team_name::text, {alias}::text, NULL::text[]
  FROM {teams} AS t
  LEFT JOIN {leagues} AS l ON l.id = t.league_id
  LEFT JOIN {clubs} AS c ON c.id = t.club_id
  LEFT JOIN {series} AS s ON s.id = t.series_id
 ORDER BY t.id

-- league_list --
-- Every league's id and code, in as many columns as the teams, which are read along with them.
SELECT id::bigint, league_id::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text[]
  FROM {leagues}
 ORDER BY id

-- rosters --
-- The outside ids of each team's players, likewise.
SELECT team_id::bigint, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text,
       array_agg(DISTINCT tenniscores_player_id::text)
  FROM {players}
 WHERE team_id IS NOT NULL
 GROUP BY team_id
