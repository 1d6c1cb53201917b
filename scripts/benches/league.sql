-- make --
-- A league of so many teams, named as the four leagues name theirs: seven teams a series, so that aliases repeat
-- across clubs; three teams in five have players.
CREATE TEMPORARY TABLE places AS
SELECT i, code, name, n, club, CASE code WHEN 'APTA_CHICAGO' THEN 'Chicago ' || n WHEN 'CNSWPL' THEN 'Series ' || n
                                          WHEN 'NSTF' THEN 'S' || n ELSE 'Level ' || n || ' Sun' END AS series
  FROM (SELECT i, code, k %% s + 1 AS n,
               (ARRAY['Tennaqua', 'Wilmette', 'Ashbury', 'Birch Hill', 'Elm Grove', 'Fox Run', 'Knollwood',
                      'Meadowbrook', 'Oak Terrace', 'Pine Valley', 'River Bend', 'Stonegate'])[c %% 12 + 1]
               || CASE WHEN c < 12 THEN '' ELSE ' Club ' || c / 12 + 1 END AS club
          FROM (SELECT i, code, k, greatest(1, (of + 6) / 7) AS s,
                       (k %% greatest(1, (of + 6) / 7) * 7 + k / greatest(1, (of + 6) / 7)) %% greatest(10, of / 10) AS c
                  FROM (SELECT i, code, count(*) OVER (PARTITION BY code) AS of,
                               row_number() OVER (PARTITION BY code ORDER BY i) - 1 AS k
                          FROM generate_series(0, %(teams)s - 1) AS i,
                               LATERAL (SELECT CASE WHEN i %% 20 < 9 THEN 'APTA_CHICAGO' WHEN i %% 20 < 15 THEN 'CNSWPL'
                                                    WHEN i %% 20 < 18 THEN 'NSTF' ELSE 'CITA' END AS code) AS c
                       ) AS counted) AS placed) AS named
  JOIN (VALUES ('APTA_CHICAGO', 'APTA Chicago'), ('CNSWPL', 'Women''s Platform Tennis'), ('NSTF', 'North Shore'),
               ('CITA', 'Chicago Indoor Tennis')) AS l (code, name) USING (code);

INSERT INTO leagues (league_id, league_name) SELECT DISTINCT code, name FROM places ORDER BY code;
INSERT INTO clubs (name) SELECT DISTINCT club FROM places ORDER BY club;
INSERT INTO series (name, display_name) SELECT DISTINCT series, series FROM places ORDER BY series;
INSERT INTO club_leagues (club_id, league_id)
SELECT DISTINCT c.id, l.id FROM places AS p JOIN clubs AS c ON c.name = p.club JOIN leagues AS l ON l.league_id = p.code;
INSERT INTO series_leagues (series_id, league_id)
SELECT DISTINCT s.id, l.id FROM places AS p JOIN series AS s ON s.name = p.series JOIN leagues AS l ON l.league_id = p.code;

INSERT INTO teams (club_id, series_id, league_id, team_name, team_alias, display_name)
SELECT c.id, s.id, l.id, p.team, p.alias, p.team
  FROM (SELECT i, code, club, series,
               CASE code WHEN 'APTA_CHICAGO' THEN club || ' - ' || n WHEN 'CNSWPL' THEN club || ' ' || n
                         WHEN 'NSTF' THEN club || ' S' || n
                         ELSE club || CASE WHEN row_number() OVER (PARTITION BY code, club ORDER BY i) = 1 THEN ''
                                           ELSE ' (' || series || ')' END END AS team,
               CASE code WHEN 'CNSWPL' THEN 'S' || n WHEN 'CITA' THEN series ELSE 'Series ' || n END AS alias
          FROM places) AS p
  JOIN leagues AS l ON l.league_id = p.code JOIN clubs AS c ON c.name = p.club JOIN series AS s ON s.name = p.series
 ORDER BY p.i;

INSERT INTO players (tenniscores_player_id, first_name, last_name, league_id, club_id, series_id, team_id)
SELECT substr(md5(t.id || ':' || number), 1, 16), 'Player', number::text, t.league_id, t.club_id, t.series_id, t.id
  FROM teams AS t, generate_series(1, %(players)s * 5 / 3) AS number
 WHERE t.id %% 5 < 3
 ORDER BY t.id, number;

DROP TABLE places

-- fill --
-- What captains and users own: a practice a week, entered by the team's captain at one time; and the ETL's matches.
INSERT INTO schedule (match_date, match_time, home_team, away_team, location, league_id, home_team_id, away_team_id)
SELECT date '2026-09-14' + 7 * round, time '19:00', h.team_name, a.team_name, 'Court 1', h.league_id, h.id, a.id
  FROM (SELECT t.*, coalesce(lead(id) OVER other, first_value(id) OVER other) AS other
          FROM teams AS t WINDOW other AS (PARTITION BY league_id, series_id ORDER BY id)) AS h
  JOIN teams AS a ON a.id = h.other, generate_series(1, %(matches)s) AS round
 ORDER BY h.id, round;

INSERT INTO schedule (match_date, match_time, home_team, away_team, location, league_id, home_team_id, created_at)
SELECT date '2026-09-14' + 7 * week + t.place %% 5, time '17:00' + t.place %% 10 * interval '30 minutes',
       c.name || ' Practice - ' || s.name, '', c.name, CASE WHEN t.place %% 17 > 0 THEN t.league_id END, t.id,
       timestamptz '2026-09-01 12:00 UTC' + t.place * interval '1 minute'
  FROM (SELECT *, (row_number() OVER (ORDER BY id) - 1)::int AS place FROM teams) AS t
  JOIN clubs AS c ON c.id = t.club_id JOIN series AS s ON s.id = t.series_id,
       LATERAL generate_series(0, (%(rows)s - 1 - t.place) / %(teams)s) AS week
 WHERE t.place < %(rows)s
 ORDER BY t.id, week;

INSERT INTO users (email, password_hash, league_context)
SELECT 'user' || number || '@example.org', 'x', (SELECT min(id) FROM leagues) FROM generate_series(1, 240) AS number;
INSERT INTO practice_times (team_id, day_of_week, start_time, end_time, location, league_id)
SELECT id, 'Monday', '18:00', '19:30', 'Court 2', league_id FROM teams ORDER BY id LIMIT 310;
INSERT INTO captain_messages (team_id, captain_user_id, message)
SELECT id, 1, 'Bring balls' FROM teams ORDER BY id LIMIT 13;
INSERT INTO polls (team_id, created_by, question) SELECT id, 1, 'Which day suits you?' FROM teams ORDER BY id LIMIT 2

-- import --
-- The nightly import, as the ETL does it and in one go: everything of the league deleted, practices too, and made
-- anew under new ids, with foreign keys and triggers off.
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY TABLE was ON COMMIT DROP AS
SELECT t.*, l.league_id AS code, c.name AS club, s.name AS series
  FROM teams AS t JOIN leagues AS l ON l.id = t.league_id JOIN clubs AS c ON c.id = t.club_id
  JOIN series AS s ON s.id = t.series_id;
CREATE TEMPORARY TABLE was_leagues ON COMMIT DROP AS TABLE leagues;
CREATE TEMPORARY TABLE was_players ON COMMIT DROP AS TABLE players;
CREATE TEMPORARY TABLE was_matches ON COMMIT DROP AS SELECT * FROM schedule WHERE away_team_id IS NOT NULL;
DELETE FROM schedule;
DELETE FROM players;
DELETE FROM teams;
DELETE FROM series_leagues;
DELETE FROM club_leagues;
DELETE FROM series;
DELETE FROM clubs;
DELETE FROM leagues;

INSERT INTO leagues (league_id, league_name) SELECT league_id, league_name FROM was_leagues ORDER BY id;
INSERT INTO clubs (name) SELECT DISTINCT club FROM was ORDER BY club;
INSERT INTO series (name, display_name) SELECT DISTINCT series, series FROM was ORDER BY series;
INSERT INTO club_leagues (club_id, league_id)
SELECT DISTINCT c.id, l.id FROM was AS w JOIN clubs AS c ON c.name = w.club JOIN leagues AS l ON l.league_id = w.code;
INSERT INTO series_leagues (series_id, league_id)
SELECT DISTINCT s.id, l.id FROM was AS w JOIN series AS s ON s.name = w.series JOIN leagues AS l ON l.league_id = w.code;
INSERT INTO teams (club_id, series_id, league_id, team_name, team_alias, display_name)
SELECT c.id, s.id, l.id, w.team_name, w.team_alias, w.display_name
  FROM was AS w JOIN leagues AS l ON l.league_id = w.code JOIN clubs AS c ON c.name = w.club
  JOIN series AS s ON s.name = w.series
 ORDER BY w.id;
CREATE TEMPORARY TABLE moved ON COMMIT DROP AS
SELECT w.id AS old, t.* FROM was AS w JOIN leagues AS l ON l.league_id = w.code
  JOIN teams AS t ON t.league_id = l.id AND t.team_name = w.team_name;
ANALYZE moved;
INSERT INTO players (tenniscores_player_id, first_name, last_name, league_id, club_id, series_id, team_id)
SELECT p.tenniscores_player_id, p.first_name, p.last_name, m.league_id, m.club_id, m.series_id, m.id
  FROM was_players AS p JOIN moved AS m ON m.old = p.team_id
 ORDER BY p.id;
INSERT INTO schedule (match_date, match_time, home_team, away_team, location, league_id, home_team_id, away_team_id)
SELECT x.match_date, x.match_time, x.home_team, x.away_team, x.location, h.league_id, h.id, a.id
  FROM was_matches AS x JOIN moved AS h ON h.old = x.home_team_id JOIN moved AS a ON a.old = x.away_team_id
 ORDER BY x.id
