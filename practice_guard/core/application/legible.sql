-- illegible --
-- The columns of a table in which there are texts that are not UTF-8.
SELECT array_remove(ARRAY[{columns}], NULL)::text[] FROM {table} AS t

-- column --
-- A column's name where it has such texts.
CASE WHEN bool_or(t.{column}::text !~ %(utf8)s::text) THEN {name} END
