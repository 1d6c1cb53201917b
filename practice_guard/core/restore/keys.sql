-- position --
-- The highest primary key in use, the highest of the rows to be put back under their own, and the last value that the
-- sequence gave; one that was just restarted has given none.
SELECT (SELECT max(t.{key})::bigint FROM {table} AS t),
       (SELECT max(p.put::bigint) FROM {whole} AS p WHERE p.meant AND p.bucket = 'insert'),
       last_value - CASE WHEN is_called THEN 0 ELSE 1 END
  FROM {sequence}

-- advance --
-- Moves sequences forwards. It is not rolled back with the transaction, which does no harm in this direction.
SELECT setval(u.sequence::regclass, u.value)
  FROM unnest(%(sequences)s::text[], %(values)s::bigint[]) AS u (sequence, value)

-- without_key --
-- How many rows to be put back need a new primary key.
SELECT count(*) FROM {plan} AS p WHERE p.meant AND p.bucket = 'insert' AND p.new_key

-- give_keys --
-- New primary keys.
UPDATE {plan} AS p SET put = nextval(%(sequence)s::text::regclass) WHERE p.meant AND p.bucket = 'insert' AND p.new_key

-- follow --
-- What hangs on a row that is put back under a new key follows it there.
UPDATE {plan} AS p SET a{place} = o.put
  FROM {above} AS o
 WHERE p.a{place} = {stand_in} - o.row AND o.meant AND o.bucket = 'insert'

-- left_hanging --
-- How many rows would hang on one that is not put back.
SELECT count(*) FROM {plan} AS p WHERE p.meant AND {writes} AND p.a{place} < {stand_in}
