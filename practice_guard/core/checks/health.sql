-- disagreeing --
-- How many protected rows are on a team of one league and say they are of another that is there too; three of them.
SELECT count(*), (array_agg(t.key ORDER BY t.nth))[1:3]
  FROM (SELECT t.{key}::text AS key, row_number() OVER (ORDER BY t.{key}) AS nth
          FROM {table} AS t
          JOIN {teams} AS p ON p.id = t.{reference}
          LEFT JOIN {leagues} AS own ON own.id = p.league_id
         WHERE {condition}
           AND EXISTS (SELECT FROM {leagues} AS other
                        WHERE other.id IN ({of_leagues}) AND other.league_id IS DISTINCT FROM own.league_id)) AS t
