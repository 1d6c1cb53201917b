-- lines --
-- The rows that an entry wrote to a set, with the sum of what it left, whether one cannot be pointed where it was, and what
-- its references are and shall be again. What was put back, and goes, has no `live_key`; what was refused stays.
SELECT x.row, x.put, x.live_key, x.sum,
       x.note IS NULL AND x.live_key IS NOT NULL AND ROW({was_list}) IS DISTINCT FROM ROW({back_list}),
       NULL::text, x.note, {now_list}, {after_list}{text_list}
  FROM (SELECT r.row, r.key::{key_type} AS put,
               CASE WHEN r.before <> 'null' OR k.row IS NOT NULL THEN r.key::{key_type} END AS live_key, r.sum, k.note,
               {was}, {now}, {back}{texts}
          FROM (
{rows}
               ) AS r
          LEFT JOIN unnest(%(refused)s::bigint[], %(notes)s::text[]) AS k (row, note) ON k.row = r.row) AS x

-- way_back --
-- What a reference can be again where a foreign key lets it be nothing else; no join, since ledgers are seldom analysed.
CASE WHEN {allowed} THEN r.before ->> {place}
     WHEN r.before ->> {place} IS NOT NULL THEN {otherwise} END

-- is_there --
-- Whether a foreign key finds what a reference was.
(r.before ->> {place})::bigint IN (SELECT o.{column}::bigint FROM {target} AS o)

-- is_there_as_text --
-- The same where ids are no numbers.
(r.before ->> {place}) IN (SELECT o.{column}::text FROM {target} AS o)

-- and_stays --
-- Whether that is none of what goes.
(r.before ->> {place})::bigint NOT IN (SELECT o.put FROM {lines} AS o WHERE o.live_key IS NULL)

-- writes --
-- Whether a row is removed or pointed elsewhere.
(p.live_key IS NULL OR ROW({before_list}) IS DISTINCT FROM ROW({after_list}))
