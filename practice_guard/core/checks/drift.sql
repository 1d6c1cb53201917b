-- older --
-- How many protected rows are older than the team they hang on, and the first of them with both times.
SELECT count(*) OVER (), t.{key}::text, t.{reference}::bigint, to_char(t.{created}, 'YYYY-MM-DD HH24:MI'),
       to_char(p.created_at, 'YYYY-MM-DD HH24:MI')
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  JOIN {teams} AS p ON p.id = t.{reference}
 WHERE t.{created} < p.created_at AND {unexplained} AND NOT {placed}
 ORDER BY t.{key}
 LIMIT 3

-- look_at_them --
-- The same for a person, with the team's name.
SELECT p.team_name, p.created_at AS team_created_at, t.*
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  JOIN {teams} AS p ON p.id = t.{reference}
 WHERE t.{created} < p.created_at;
