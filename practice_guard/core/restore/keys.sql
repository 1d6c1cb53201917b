-- position --
-- The highest primary key in use, and the last value that its sequence gave; one that was just restarted has given none.
SELECT (SELECT max({key})::bigint FROM {table}), last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence}

-- advance --
-- Moves sequences forwards. It is not rolled back with the transaction, which does no harm in this direction.
SELECT setval(u.sequence::regclass, u.value)
  FROM unnest(%(sequences)s::text[], %(values)s::bigint[]) AS u (sequence, value)

-- next_keys --
-- New primary keys.
SELECT nextval(%(sequence)s::text::regclass)::text FROM generate_series(1, %(count)s::int)
