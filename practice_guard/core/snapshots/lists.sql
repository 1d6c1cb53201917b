-- store_teams --
-- Keeps a team list with its rosters.
INSERT INTO practice_guard.team_lists (list, id, league, club, series, name, alias, players)
SELECT %(list)s::text, u.id, u.league, u.club, u.series, u.name, u.alias,
       ARRAY(SELECT player FROM json_array_elements_text(u.players::json) AS player)
  FROM unnest(%(ids)s::bigint[], %(leagues)s::text[], %(clubs)s::text[], %(series)s::text[], %(names)s::text[],
              %(aliases)s::text[], %(players)s::text[]) AS u (id, league, club, series, name, alias, players)

-- store_leagues --
-- Keeps a league list.
INSERT INTO practice_guard.league_lists (list, id, code)
SELECT %(list)s::text, u.id, u.code FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) AS u (id, code)

-- stored_lists --
-- Kept team lists with their rosters, and kept league lists, in as many columns.
SELECT list, true, id, league, club, series, name, alias,
       CASE WHEN cardinality(players) > 0 THEN to_json(players)::text END
  FROM practice_guard.team_lists
 WHERE list = ANY (%(lists)s::text[])
 UNION ALL
SELECT list, false, id, code, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text
  FROM practice_guard.league_lists
 WHERE list = ANY (%(lists)s::text[])
