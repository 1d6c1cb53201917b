-- fill --
-- Adds rows to a table.
INSERT INTO {table}
{query}

-- replace --
-- Puts other rows in the place of a table's.
WITH former AS (DELETE FROM {table} RETURNING *)
INSERT INTO {table}
{query}

-- empty --
-- Takes all rows out of a table; TRUNCATE is refused where only reading is allowed.
DELETE FROM {table}

-- analyse --
-- Lets the server know how many rows there are, and of what.
ANALYZE {table}

-- index --
-- Lets a table be asked for some of its rows, again and again.
CREATE INDEX ON {table} ({column})

-- step --
-- What one step of a chain has.
SELECT * FROM {name}

-- none_yet --
-- A table that nothing has been put into.
SELECT {columns} WHERE false

-- in_brackets --
-- What a question with a chain of its own answers.
SELECT * FROM (
{query}
) AS own
