-- names --
-- Who every team was, as anybody would note it before an import.
CREATE TABLE teams_before AS
SELECT t.id, l.league_id AS code, t.team_name, t.team_alias
  FROM teams AS t JOIN leagues AS l ON l.id = t.league_id;
ANALYZE teams_before

-- backup --
-- The rows, copied.
CREATE TABLE kept AS SELECT * FROM schedule WHERE home_team ILIKE '%%practice%%'

-- validate_safety --
-- The rows with their teams and leagues.
SELECT count(*), count(t.id), count(l.id), count(*) FILTER (WHERE l.id <> t.league_id)
  FROM schedule AS x LEFT JOIN teams AS t ON t.id = x.home_team_id LEFT JOIN leagues AS l ON l.id = x.league_id
 WHERE x.home_team ILIKE '%%practice%%'

-- check_preservation --
-- The rows that were kept, with what became of their teams.
SELECT m.league_id, count(*), count(*) FILTER (WHERE m.id = k.home_team_id)
  FROM kept AS k LEFT JOIN ({moved}) AS m ON m.old = k.home_team_id
 GROUP BY m.league_id

-- dry_run --
-- The rows that were kept, with where they would go.
SELECT m.id, count(*) FROM kept AS k JOIN ({moved}) AS m ON m.old = k.home_team_id GROUP BY m.id

-- health --
-- The rows that were kept, with the rows there are, and whether these are on the right team.
SELECT count(*), count(x.id), count(*) FILTER (WHERE x.home_team_id = m.id)
  FROM kept AS k LEFT JOIN ({moved}) AS m ON m.old = k.home_team_id LEFT JOIN schedule AS x ON x.id = k.id

-- restore --
-- The rows that were kept, put back on the teams of the same league and name.
INSERT INTO schedule (id, match_date, match_time, home_team, away_team, location, created_at, league_id, home_team_id)
SELECT k.id, k.match_date, k.match_time, k.home_team, k.away_team, k.location, k.created_at,
       CASE WHEN k.league_id IS NOT NULL THEN m.league_id END, m.id
  FROM kept AS k JOIN ({moved}) AS m ON m.old = k.home_team_id

-- moved --
SELECT b.id AS old, t.id, t.league_id
  FROM teams_before AS b JOIN leagues AS l ON l.league_id = b.code
  JOIN teams AS t ON t.league_id = l.id AND t.team_name = b.team_name

-- first_strategy --
-- The application's first restore: a practice goes to whichever team has its team's name, or its alias, or a name whose
-- words are in the practice's label, of any league.
INSERT INTO schedule (match_date, match_time, home_team, away_team, location, created_at, league_id, home_team_id)
SELECT k.match_date, k.match_time, k.home_team, k.away_team, k.location, k.created_at, t.league_id, t.id
  FROM kept AS k
  JOIN teams_before AS b ON b.id = k.home_team_id
  JOIN teams AS t ON t.team_name = b.team_name OR t.team_alias = b.team_alias
                  OR k.home_team ILIKE '%%' || replace(t.team_name, ' - ', '%%') || '%%'

-- first_strategy_in_league --
-- The same, where somebody had thought of the league.
INSERT INTO schedule (match_date, match_time, home_team, away_team, location, created_at, league_id, home_team_id)
SELECT k.match_date, k.match_time, k.home_team, k.away_team, k.location, k.created_at, l.id, t.id
  FROM kept AS k
  JOIN teams_before AS b ON b.id = k.home_team_id
  JOIN leagues AS l ON l.league_id = b.code
  JOIN teams AS t ON t.league_id = l.id
                 AND (t.team_name = b.team_name OR t.team_alias = b.team_alias
                      OR k.home_team ILIKE '%%' || replace(t.team_name, ' - ', '%%') || '%%')

-- practices --
-- How many practices there are, and how many of them hang on a team that they do not name.
SELECT count(*), count(*) FILTER (WHERE x.home_team IS DISTINCT FROM c.name || ' Practice - ' || s.name)
  FROM schedule AS x
  LEFT JOIN teams AS t ON t.id = x.home_team_id
  LEFT JOIN clubs AS c ON c.id = t.club_id
  LEFT JOIN series AS s ON s.id = t.series_id
 WHERE x.home_team ILIKE '%%practice%%'
