-- one --
-- One query of several; the text of each begins with what it asks.
SELECT * FROM (
{query}
) AS x

-- numbered --
-- The same, with the query's number and the place of the row in it.
SELECT {number}, row_number() OVER (), x.* FROM (
{query}
) AS x

-- in_order --
-- Several numbered ones, each with its rows as it has them.
{queries}
 ORDER BY 1, 2
