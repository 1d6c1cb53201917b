-- waiting --
-- A row of the snapshot without its partner.
k.row IS NOT NULL AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.row = k.row)

-- free --
-- A row of the table without its partner.
l.lkey IS NOT NULL AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = l.lkey)

-- stranger --
-- A free one that by its key is no kept row.
{free} AND NOT EXISTS (SELECT FROM {claims} AS c WHERE c.lkey = l.lkey)

-- same --
-- The same primary key, content and team.
SELECT DISTINCT ON (l.lkey) k.row, l.lkey
  FROM {rest} AS k
  JOIN {rest} AS l ON l.lkey = k.key
 WHERE k.known AND l.lcontent = k.content AND l.ref0 IS NOT DISTINCT FROM k.goal
 ORDER BY l.lkey, k.carried, k.row

-- left_over --
-- Whether rows of both sides are without a partner.
SELECT EXISTS (SELECT FROM {rest} AS k WHERE {waiting}) AND EXISTS (SELECT FROM {rest} AS l WHERE {free})

-- same_row --
-- Where an import can have freed a key: whether the row that has it now is the one that had it.
CASE WHEN k.created IS NOT NULL AND l.lcreated IS NOT NULL THEN k.created = l.lcreated
     ELSE l.lcontent = k.content{elsewhere} END

-- same_or_edited --
-- The same where nobody knows whether an import frees keys: what has no time and stands where the row should is the row,
-- edited.
CASE WHEN k.created IS NOT NULL AND l.lcreated IS NOT NULL THEN k.created = l.lcreated
     ELSE l.lcontent = k.content OR (k.known AND l.there AND l.ref0 IS NOT DISTINCT FROM k.goal) END

-- nowhere_else --
-- What hangs on no team, and stands on another league or row now, is another one.
 AND NOT (l.there AND l.ref0 IS DISTINCT FROM k.goal)

-- by_key --
-- Rows whose own primary key a free row has. Of one that stands on something only one can be it.
SELECT row, lkey, there
  FROM (SELECT k.row, l.lkey, l.there, row_number() OVER (PARTITION BY l.lkey ORDER BY k.carried, k.row) AS nth
          FROM {rest} AS k
          JOIN {rest} AS l ON l.lkey = k.key
         WHERE {waiting} AND {free} AND {same_row}) AS found
 WHERE NOT there OR nth = 1

-- by_given_key --
-- The same by the key that a restore gave them.
SELECT row, lkey, there
  FROM (SELECT k.row, l.lkey, l.there, row_number() OVER (PARTITION BY l.lkey ORDER BY k.carried, k.row) AS nth
          FROM {rest} AS k
          JOIN {renumbered} AS r ON r.set_name = {set} AND r.row = k.row
          JOIN {rest} AS l ON l.lkey = r.key::{key_type}
         WHERE {waiting} AND NOT EXISTS (SELECT FROM {claims} AS c WHERE c.row = k.row) AND {free} AND {same_row}
       ) AS found
 WHERE NOT there OR nth = 1

-- own_standing --
-- Those of them that stand on something are paired before equal content on the right team.
SELECT c.row, c.lkey FROM {claims} AS c
 WHERE c.there AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.row = c.row OR p.lkey = c.lkey)

-- on_team --
-- The same content on the resolved team, the n-th with the n-th; those that are not there by their key first.
SELECT a.row, b.lkey
  FROM (SELECT k.row, k.content, k.goal,
               row_number() OVER (PARTITION BY k.content, k.goal ORDER BY c.row IS NOT NULL, k.carried, k.row) AS nth
          FROM {rest} AS k
          LEFT JOIN (SELECT DISTINCT row FROM {claims} AS c) AS c ON c.row = k.row
         WHERE k.known AND {waiting}) AS a
  JOIN (SELECT l.lkey, l.lcontent, l.ref0,
               row_number() OVER (PARTITION BY l.lcontent, l.ref0 ORDER BY {order}) AS nth
          FROM {rest} AS l
         WHERE {stranger}) AS b
    ON b.lcontent = a.content AND b.nth = a.nth
   AND coalesce(b.ref0, '-9223372036854775808'::bigint) = coalesce(a.goal, '-9223372036854775808'::bigint)

-- own_adrift --
-- Those that are there by their key, on nothing.
SELECT DISTINCT ON (c.lkey) c.row, c.lkey
  FROM {claims} AS c
  JOIN {rest} AS k ON k.row = c.row
 WHERE {waiting} AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = c.lkey)
 ORDER BY c.lkey, k.carried, k.row

-- adrift --
-- The same content on nothing, where as much more as this round asks for says that it is the row.
SELECT a.row, b.lkey
  FROM (SELECT k.row, k.content, {kept_by},
               row_number() OVER (PARTITION BY k.content, {kept_by} ORDER BY NOT k.known, k.carried, k.row) AS nth
          FROM {rest} AS k
         WHERE k.old0 IS NOT NULL{kept_only} AND {waiting}) AS a
  JOIN (SELECT l.lkey, l.lcontent, {live_by},
               row_number() OVER (PARTITION BY l.lcontent, {live_by} ORDER BY {order}) AS nth
          FROM {rest} AS l
         WHERE l.protected AND NOT l.there{live_only} AND {stranger}) AS b
    ON b.lcontent = a.content AND b.nth = a.nth AND {together}
