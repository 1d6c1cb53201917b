-- alike --
-- One example of rows of a parent that the columns which are to say what a row is do not tell apart: what they say, and
-- in how many rows. Rows of which they say nothing at all are left out.
SELECT ARRAY[{columns}], count(*) FROM {table} AS t WHERE {any} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1
