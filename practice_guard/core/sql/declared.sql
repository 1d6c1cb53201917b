-- try_condition --
-- A declared condition, parsed and run by the server; whether a row meets it does not matter.
SELECT true FROM {table} AS t WHERE {condition} LIMIT 1

-- in_both --
-- How many rows two sets of one table have in common.
SELECT count(*) FROM {table} AS t WHERE {one} AND {other}
