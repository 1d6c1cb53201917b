-- try_condition --
-- A declared condition, parsed and run by the server over every row: one that fails on the last row is no better than
-- one that fails on the first. How many rows meet it does not matter.
SELECT count(*) FROM {table} AS t WHERE {condition}

-- in_both --
-- How many rows two sets of one table have in common.
SELECT count(*) FROM {table} AS t WHERE {one} AND {other}
