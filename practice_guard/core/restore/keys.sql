-- position --
-- By how much a sequence moves, whether it cycles, the last value that it gave (one that was just restarted has given
-- none), and the farthest that it could have given.
SELECT q.seqincrement, q.seqcycle, s.last_value::numeric - CASE WHEN s.is_called THEN 0 ELSE q.seqincrement END,
       CASE WHEN q.seqcycle THEN NULL WHEN q.seqincrement > 0 THEN {max} ELSE {min} END
  FROM {sequence} AS s
  JOIN pg_sequence AS q ON q.seqrelid = %(sequence)s::text::regclass

-- farthest --
-- The farthest in one direction, of those that a sequence could give, that a row of the table has or one put back as it
-- was.
(SELECT {way}(x.number)
   FROM (SELECT {way}({in_table})::numeric FROM {table} AS t WHERE {in_table} BETWEEN q.seqmin AND q.seqmax{put_back}
        ) AS x (number))

-- own_keys --
-- The primary keys of rows that are put back under their own. A condition on them would be taken for one that hardly any
-- row meets.

          UNION ALL
         SELECT ({way}({value}) FILTER (WHERE {value} BETWEEN q.seqmin AND q.seqmax))::numeric
           FROM {whole} AS p
          WHERE p.meant AND p.bucket = 'insert'

-- own_values --
-- What rows that are put back have in another column.

          UNION ALL
         SELECT ({way}({value}) FILTER (WHERE {value} BETWEEN q.seqmin AND q.seqmax))::numeric
           FROM {whole} AS p
           JOIN practice_guard.{rows} AS s ON s.guard_row = p.row
          WHERE p.meant AND p.bucket = 'insert'

-- in_text --
-- The last number in a text, where the column's default makes just this text of it.
(SELECT n.number::numeric
   FROM (SELECT CASE WHEN length(d.digits) <= 18 THEN d.digits::bigint END AS number
           FROM (SELECT substring({value}::text FROM '0*([0-9]+)[^0-9]*$') AS digits) AS d) AS n
  WHERE ({made})::text = {value}::text)

-- default --
-- From what a column gets the values that nobody gives it.
SELECT pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attrdef AS d
  JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
 WHERE d.adrelid = %(table)s::bigint::oid AND a.attname = %(column)s::text

-- advance --
-- Moves sequences on. It is not rolled back with the transaction, which does no harm in this direction.
SELECT setval(u.sequence::regclass, u.value)
  FROM unnest(%(sequences)s::text[], %(values)s::bigint[]) AS u (sequence, value)

-- without_key --
-- How many rows to be put back need a new primary key.
SELECT count(*) FROM {plan} AS p WHERE p.meant AND p.bucket = 'insert' AND p.new_key

-- give_keys --
-- New primary keys, those of them that are free: where a sequence cycles, it may give keys that are taken.
WITH made AS MATERIALIZED (
    SELECT ({made_by})::{made_as}::{key_type} AS key
      FROM generate_series(1, least({most}, %(wanted)s::bigint + {more}))),
     free AS (
    SELECT d.key, row_number() OVER () AS nth
      FROM (SELECT DISTINCT m.key FROM made AS m) AS d
     WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.{key}::{key_type} = d.key)
       AND NOT EXISTS (SELECT FROM {whole} AS p
                        WHERE p.meant AND p.bucket = 'insert' AND NOT p.new_key AND p.put = d.key)),
     lacking AS (
    SELECT p.row, row_number() OVER (ORDER BY p.row) AS nth
      FROM {plan} AS p
     WHERE p.meant AND p.bucket = 'insert' AND p.new_key)
UPDATE {plan} AS p SET put = f.key FROM lacking AS l JOIN free AS f ON f.nth = l.nth WHERE p.row = l.row

-- every_row --
-- As many as the table has rows.
(SELECT count(*) FROM {table} AS t)

-- still_without --
-- The rows to be put back that got no new primary key.
SELECT p.row FROM {plan} AS p WHERE p.meant AND p.bucket = 'insert' AND p.new_key AND p.put IS NULL

-- follow --
-- What hangs on a row that is put back under a new key follows it there.
UPDATE {plan} AS p SET a{place} = o.put
  FROM {above} AS o
 WHERE p.a{place} = {stand_in} - o.row AND o.meant AND o.bucket = 'insert'

-- left_hanging --
-- How many rows would hang on one that is not put back.
SELECT count(*) FROM {plan} AS p WHERE p.meant AND {writes} AND p.a{place} < {stand_in}
