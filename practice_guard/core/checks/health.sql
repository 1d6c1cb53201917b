-- disagreeing --
-- How many protected rows are on a team of one league and say they are of another that is there too; three of them,
-- with their teams.
SELECT count(*), (array_agg(t.words ORDER BY t.key))[1:3], (array_agg(t.team ORDER BY t.key))[1:3]
  FROM (SELECT t.{key} AS key, p.id AS team, {words} AS words
          FROM (SELECT * FROM {table} AS t WHERE {condition}) AS t
          JOIN {teams} AS p ON p.id = t.{reference}
          LEFT JOIN {leagues} AS own ON own.id = p.league_id
         WHERE EXISTS (SELECT FROM {leagues} AS other
                        WHERE other.id IN ({of_leagues}) AND other.league_id IS DISTINCT FROM own.league_id)) AS t
