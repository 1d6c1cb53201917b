-- pointed_at --
-- A condition: rows at which those of another table point.
t.{key} IN (SELECT x.{column} FROM {table} AS x)
