-- repeated --
-- Teams that share the columns of a key, by id; rows with a NULL among them never conflict and are left out.
SELECT array_agg(t.id ORDER BY t.id)
  FROM {teams} AS t
 WHERE ROW({columns}) IS NOT NULL
 GROUP BY {columns}
HAVING count(*) > 1
 ORDER BY 1

-- incomplete --
-- Teams with a NULL in the columns of a key: a unique key lets any number of them in.
SELECT t.id, array_remove(ARRAY[{nulls}], NULL)
  FROM {teams} AS t
 WHERE NOT ROW({columns}) IS NOT NULL
 ORDER BY t.id

-- null_name --
-- A column's name where it is NULL.
CASE WHEN t.{column} IS NULL THEN {name} END
