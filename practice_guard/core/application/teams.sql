-- team_list --
-- Every team with the names that tell who it is, where a part is NULL whose row is gone, its players, and what columns
-- say that any league has for an outside id, or for whether it plays; and every league's id and code, in as many.
SELECT true, t.id::bigint, l.league_id::text, c.name::text, s.name::text, t.team_name::text, {alias}::text, r.players,
       {besides}
  FROM {teams} AS t
  LEFT JOIN {leagues} AS l ON l.id = t.league_id
  LEFT JOIN {clubs} AS c ON c.id = t.club_id
  LEFT JOIN {series} AS s ON s.id = t.series_id
  LEFT JOIN ({rosters}) AS r ON r.team_id = t.id
 UNION ALL
SELECT false, id::bigint, league_id::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text,
       {nothing}
  FROM {leagues}

-- leagues_alone --
-- Every league's id and code, where there are no teams.
SELECT id::bigint, league_id::text FROM {leagues}

-- rosters --
-- The outside ids of each team's players, in an order that is the same wherever they are kept.
SELECT p.team_id::bigint AS team_id,
       to_json(array_agg(DISTINCT p.tenniscores_player_id::text COLLATE "C"
                         ORDER BY p.tenniscores_player_id::text COLLATE "C"))::text AS players
  FROM {players} AS p
 WHERE p.team_id IS NOT NULL AND p.tenniscores_player_id IS NOT NULL
 GROUP BY p.team_id

-- no_rosters --
-- Nobody's players.
SELECT NULL::bigint AS team_id, NULL::text AS players WHERE false
