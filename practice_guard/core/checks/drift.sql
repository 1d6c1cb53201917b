-- older --
-- Protected rows that are older than the team they hang on, with both times.
SELECT t.{key}::text, t.{reference}::bigint, to_char(t.{created}, 'YYYY-MM-DD HH24:MI'),
       to_char(p.created_at, 'YYYY-MM-DD HH24:MI')
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  JOIN {teams} AS p ON p.id = t.{reference}
 WHERE t.{created} < p.created_at AND {unexplained}
 ORDER BY t.{key}

-- look_at_them --
-- The same for a person, with the team's name.
SELECT p.team_name, p.created_at AS team_created_at, t.*
  FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
  JOIN {teams} AS p ON p.id = t.{reference}
 WHERE t.{created} < p.created_at;
