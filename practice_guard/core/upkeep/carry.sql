-- names --
-- What the rows of one snapshot that others hang on are called in the next one: those that are there, and those carried.
SELECT DISTINCT ON (n.list, n.old) n.list, n.old, n.new_list, n.new_id
  FROM (SELECT p.row, CASE WHEN p.carried AND p.list IS NOT NULL THEN p.list ELSE 1::smallint END AS list,
               p.key::bigint AS old,
               CASE WHEN p.live_key IS NOT NULL THEN {new} ELSE coalesce({first}, {new}) END AS new_list,
               CASE WHEN p.live_key IS NOT NULL THEN p.live_key::bigint ELSE p.key::bigint END AS new_id
          FROM {plan} AS p{above}) AS n
 ORDER BY n.list, n.old, n.row DESC

-- waiting --
-- Rows that wait and are not in their table, or not as they are protected, with origins in the next snapshot's terms.
SELECT p.row, jsonb_strip_nulls(jsonb_build_object({origins})) AS origins
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row
{names}
 WHERE p.bucket = 'pending' AND (p.live_key IS NULL OR {emptied})

-- emptied --
-- Whether the row in the table is one that the next snapshot does not keep, since what it points at was taken away.
NOT EXISTS (SELECT FROM {table} AS l WHERE l.{key}::{key_type} = p.live_key AND {condition})

-- anchored --
-- Live rows that the next snapshot itself does not explain, with the origins that do.
SELECT p.live_key AS key, x.origins
  FROM {plan} AS p
  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row
{names}
 CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object({unexplained})) AS origins) AS x
 WHERE p.live_key IS NOT NULL AND x.origins <> '{{}}'

-- origin --
-- One reference's: the list that its id is of, and the id.
{column}, CASE WHEN {asked} THEN jsonb_build_object('list', {list}, 'id', {id}) END

-- follows --
-- What a row of the snapshot that another one points at will be called.
  LEFT JOIN (
{names}
       ) AS n{place} ON n{place}.list = {list} AND n{place}.old = {old}

-- measure --
-- How many rows are taken over, and which team lists they and the anchors speak of.
SELECT (SELECT count(*) FROM ({rows}) AS x), (SELECT count(*) FROM ({anchors}) AS x),
       ARRAY(SELECT DISTINCT o.value ->> 'list'
               FROM (SELECT x.origins FROM ({rows}) AS x UNION ALL SELECT x.origins FROM ({anchors}) AS x) AS y
              CROSS JOIN LATERAL jsonb_each(y.origins) AS o)
