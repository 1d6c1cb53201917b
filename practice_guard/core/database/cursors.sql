-- declare --
-- Opens a cursor that lasts as long as the transaction.
DECLARE {name} NO SCROLL CURSOR WITHOUT HOLD FOR
{query}

-- fetch --
-- The next rows.
FETCH FORWARD {count} FROM {name}

-- is_open --
-- Whether a cursor is there; closing one that is not would abort the transaction.
SELECT EXISTS (SELECT FROM pg_cursors WHERE name = %(name)s::text)

-- close --
-- Lets the tables go that the cursor reads.
CLOSE {name}
