-- store_list --
-- Keeps leagues of a list, and teams with their rosters: one JSON array a team, which both sides read faster than arrays
-- of columns.
WITH leagues AS (
    INSERT INTO practice_guard.league_lists (list, id, code)
    SELECT %(list)s::text, u.id, u.code FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) AS u (id, code))
INSERT INTO practice_guard.team_lists (list, id, league, club, series, name, alias, players, outside_id, active)
SELECT %(list)s::text, (team ->> 0)::bigint, team ->> 1, team ->> 2, team ->> 3, team ->> 4, team ->> 5,
       ARRAY(SELECT player FROM json_array_elements_text((team ->> 6)::json) AS player),
       team ->> 7, (team ->> 8)::boolean
  FROM json_array_elements(%(teams)s::json) AS team

-- stored_lists --
-- Kept team lists with their rosters, and kept league lists, in as many columns. Where the table is of an older version
-- the names of columns that it lacks mean those outside the inner query, which are NULL.
SELECT t.*
  FROM (SELECT NULL::text AS outside_id, NULL::boolean AS active) AS older
 CROSS JOIN LATERAL (SELECT list, true, id, league, club, series, name, alias,
                            CASE WHEN cardinality(players) > 0 THEN to_json(players)::text END, outside_id, active
                       FROM practice_guard.team_lists
                      WHERE list = ANY (%(lists)s::text[])) AS t
 UNION ALL
SELECT list, false, id, code, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::boolean
  FROM practice_guard.league_lists
 WHERE list = ANY (%(lists)s::text[])
