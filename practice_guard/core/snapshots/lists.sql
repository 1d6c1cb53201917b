-- store_teams --
-- Keeps a team list with its rosters.
INSERT INTO practice_guard.team_lists (list, id, league, club, series, name, alias, players)
SELECT %(list)s::text, u.id, u.league, u.club, u.series, u.name, u.alias,
       coalesce(string_to_array(u.players, %(separator)s::text), '{{}}')
  FROM unnest(%(ids)s::bigint[], %(leagues)s::text[], %(clubs)s::text[], %(series)s::text[], %(names)s::text[],
              %(aliases)s::text[], %(players)s::text[]) AS u (id, league, club, series, name, alias, players)

-- store_leagues --
-- Keeps a league list.
INSERT INTO practice_guard.league_lists (list, id, code)
SELECT %(list)s::text, u.id, u.code FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) AS u (id, code)

-- stored_teams --
-- Kept team lists with their rosters, plain ones also where somebody made arrays in arrays of them.
SELECT list, id, league, club, series, name, alias, ARRAY(SELECT coalesce(player, '') FROM unnest(players) AS player)
  FROM practice_guard.team_lists
 WHERE list = ANY (%(lists)s::text[])
 ORDER BY list, id

-- stored_leagues --
-- Kept league lists, in as many columns as the teams, which are read along with them.
SELECT list, id, code, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text[]
  FROM practice_guard.league_lists
 WHERE list = ANY (%(lists)s::text[])
 ORDER BY list, id
