-- looked_at --
-- Each row of the snapshot beside its partner, where it and that one lead, and what is known of it.
SELECT k.row, k.key, k.carried, k.list0, k.old0, {ids}, {knowns}, {deleteds}, {befores}, {gones}, {oldrefs},
       {own_leagues}, p.lkey, l.there, g0.evidence, CASE WHEN k.old0 IS NOT NULL THEN coalesce(g0.fate, 'missing') END AS fate,
       coalesce(g0.given_up, false) AS given_up, coalesce(g0.is_row, false) AS is_row, g0.team_list, g0.team,
       g0.team_evidence, g0.team_fate,
       l.lcontent <> k.content OR NOT l.protected AS edited,
       coalesce(k.old0 IS NOT NULL AND l.there AND l.ref0 IS DISTINCT FROM {id0}
                AND (l.ref0 = k.old0 OR l.ref0 = put.first), false) AS stolen,
       {proven} AS proven, {chosen} AS chosen, u.key IS NOT NULL AS used, {blocked} AS blocked, {lacking} AS lacking, {outside} AS outside
  FROM {rest} AS k
  LEFT JOIN {pairs} AS p ON p.row = k.row
  LEFT JOIN {rest} AS l ON l.lkey = p.lkey
{joins}
  LEFT JOIN (
{put}
       ) AS put ON put.key = l.lkey::text
  LEFT JOIN (SELECT {table_key} AS key FROM {table} AS t) AS u ON u.key = k.key AND p.lkey IS NULL
 WHERE k.row IS NOT NULL

-- decided --
-- What becomes of each: of a row that is there (10 to 16), and of one that is not (20 to 25).
SELECT x.*,
       CASE WHEN outside THEN CASE WHEN lkey IS NOT NULL THEN 15 ELSE 25 END
            WHEN lkey IS NOT NULL THEN
                 CASE WHEN deleted0 THEN 10
                      WHEN NOT known0 THEN 11
                      WHEN b0 IS NOT DISTINCT FROM id0 OR (old0 IS NULL AND there IS NOT TRUE) THEN 12
                      WHEN old0 IS NULL THEN 16
                      WHEN there AND NOT stolen AND (proven OR (fate = 'kept' AND {untold})) THEN 13
                      ELSE 14 END
            WHEN ({went_along} OR proven) AND NOT {include_deleted} THEN 20
            WHEN given_up THEN 21
            WHEN NOT known0 OR (old0 IS NULL AND {must_hang}) THEN 22
            WHEN {lost} THEN 23
            ELSE 24 END AS code
  FROM (
{looked_at}
       ) AS x

-- numbered --
-- Of rows to be put back under one key the first has it.
SELECT y.*, y.used OR row_number() OVER (PARTITION BY y.code = 24, y.key ORDER BY y.carried, y.row) > 1 AS taken,
       {afters}
  FROM (
{decided}
       ) AS y

-- placed --
-- Where each ends, and why; a row is blocked by a foreign key besides the set's own.
SELECT z.*,
       CASE WHEN code = 10 THEN 'edited'
            WHEN code IN (15, 25) OR (code IN (11, 21, 22) AND given_up) THEN 'given_up'
            WHEN code IN (11, 22, 23) THEN 'pending'
            WHEN code IN (13, 16) THEN 'edited'
            WHEN code = 20 THEN 'deleted'
            WHEN code IN (12, 14) AND (edited OR {elsewhere}) THEN 'edited'
            WHEN code = 14 OR (code = 12 AND ROW({before_list}) IS DISTINCT FROM ROW({after_list})) THEN 'relink'
            WHEN code = 12 THEN 'intact'
            WHEN {bound_to_key} AND taken THEN 'pending'
            WHEN blocked IS NOT NULL OR {lacks} IS NOT NULL THEN 'pending'
            ELSE 'insert' END AS bucket,
       CASE WHEN code = 23 OR (code = 24 AND blocked IS NOT NULL AND NOT ({bound_to_key} AND taken)) THEN 'missing'
            WHEN code = 24 AND {bound_to_key} AND taken THEN 'conflicting'
            WHEN code = 24 AND {lacks} IS NOT NULL THEN 'refused' END AS reason,
       CASE WHEN code = 10 THEN {was_deleted}
            WHEN code = 11 AND stolen THEN {on_stolen}
            WHEN code = 11 AND there AND b0 IS DISTINCT FROM id0 THEN {put_elsewhere}
            WHEN code = 13 THEN {moved}
            WHEN code = 16 THEN {found_one}
            WHEN code IN (15, 25) THEN 'is none of the rows that are protected now, and is left out'
            WHEN code IN (11, 12, 14) AND edited THEN 'content was changed since and is kept'
            WHEN code IN (12, 14) AND ({elsewhere}) THEN 'points at something else than it did, and is left there'
            WHEN code = 20 THEN 'was deleted by a user'
            WHEN code = 22 AND old0 IS NULL THEN 'hung on no team when it was backed up'
            WHEN code = 23 THEN 'something else that it must point at is gone'
            WHEN code = 24 AND {bound_to_key} AND taken THEN {key_taken}
            WHEN code = 24 AND blocked IS NOT NULL THEN 'what its ' || blocked || ' points at is not there'
            WHEN code = 24 AND {lacks} IS NOT NULL THEN 'there must be a value now for ' || {lacks}
            ELSE '' END AS note
  FROM (
{numbered}
       ) AS z

-- plan --
-- The plan's line for each row (see `PlannedRow`); what hangs on another row is of that one's team.
SELECT w.row, w.key, w.carried, w.bucket, w.lkey, w.list0, w.old0, {team_list}, {team},
       CASE WHEN w.is_row THEN w.team_evidence ELSE w.evidence END,
       CASE WHEN w.is_row THEN w.team_fate WHEN w.lkey IS NULL AND w.old0 IS NULL THEN 'missing' ELSE w.fate END,
       w.reason, w.note, w.bucket = 'insert' AND w.taken,
       (w.stolen AND w.code <> 15) OR (w.lkey IS NOT NULL AND w.known0 AND coalesce(w.there, false) AND w.a0 IS DISTINCT FROM w.b0)
       OR (w.lkey IS NOT NULL AND ({overwritten})),
       {unresolved}, {meant}, w.code IN (13, 16) OR (w.bucket = 'edited' AND ({elsewhere_out})),
       CASE WHEN w.lkey IS NOT NULL THEN w.lkey WHEN w.bucket = 'insert' AND NOT w.taken THEN w.key END,
       {befores_of}, {after_values}
  FROM (
{placed}
       ) AS w{scope_join}

-- after_outward --
-- Where a reference to teams or leagues besides the first of a row that is there will point: where it did, unless what
-- stands there may stay. Of a row that waits, a team or a league waits with it.
CASE WHEN {waits} OR code = 15 OR b{place} IS NOT DISTINCT FROM id{place} THEN b{place}
     WHEN {stays} AND NOT gone{place} AND b{place} IS DISTINCT FROM old{place} AND b{place} IS NOT NULL
     THEN b{place}
     WHEN known{place} AND old{place} IS NOT NULL THEN id{place}
     WHEN {nullable} THEN NULL
     ELSE b{place} END

-- is_right --
-- Whether the league that a row says is that of the team it will stand on.
coalesce(b{place} = CASE WHEN code IN (10, 12, 13, 16) THEN league_there ELSE league_to_be END, false)

-- league_of_team --
-- The league of a team.
  LEFT JOIN {teams} AS {alias} ON {alias}.id = {team}

-- elsewhere --
-- Whether a reference besides the first points at something else that is there, where it is left.
(known0 AND known{place} AND old{place} IS NOT NULL AND b{place} IS NOT NULL AND NOT gone{place}
 AND b{place} IS DISTINCT FROM id{place} AND a{place} IS NOT DISTINCT FROM b{place})

-- after_inward --
-- Where a reference to a row of a protected set besides the first of a row that is there will point.
CASE WHEN old{place} IS NULL OR NOT known0 OR code = 15 OR (NOT known{place} AND b{place} IS NOT DISTINCT FROM id{place}) THEN b{place}
     WHEN known{place} THEN CASE WHEN b{place} IS NULL OR gone{place} OR b{place} = old{place} THEN id{place}
                                 ELSE b{place} END
     WHEN (gone{place} OR b{place} = old{place}) AND {nullable} THEN NULL
     ELSE b{place} END

-- outside --
-- Whether a row is of none of these leagues.
NOT coalesce(g0.league = ANY (ARRAY[{leagues}]::text[]), true)

-- other_rows --
-- The rows of the snapshot that the condition of today is not true of.
  LEFT JOIN (SELECT t.guard_row AS row
               FROM (SELECT t.guard_row, {of_table} FROM practice_guard.{rows} AS t) AS t
              WHERE ({condition}) IS NOT TRUE) AS ot ON ot.row = k.row

-- blocked --
-- The column that points at nothing, by a foreign key that is none of the set's own.
CASE WHEN s.{column} IS NOT NULL AND f{number}.key IS NULL THEN {name} END

-- lacking --
-- The column that has no value.
CASE WHEN {value} IS NULL THEN {name} END

-- kept --
-- The row as the snapshot has it.
  LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = k.row AND p.lkey IS NULL

-- goal --
-- Where a reference leads.
  LEFT JOIN {goals} AS g{place} ON g{place}.list = k.list{place} AND g{place}.old = k.old{place}

-- standing --
-- What a reference may point at now.
  LEFT JOIN {there} AS v{place} ON v{place}.id = l.ref{place}

-- waited --
-- Whether a row was in place when the last restore of the snapshot was done.
  LEFT JOIN {waited} AS w ON w.set_name = {set} AND w.row = k.row

-- taken_back --
-- Whether an undo took it back.
  LEFT JOIN (SELECT DISTINCT o.key FROM {taken_back} AS o WHERE o.set_name = {set}) AS tb ON tb.key = k.key::text

-- in_scope --
-- Whether its team is meant.

  LEFT JOIN {teams} AS tm ON tm.list = {team_list} AND tm.old = {team}

-- standing_keys --
-- The primary keys of rows of the table that stand on something.
SELECT l.lkey::text FROM {rest} AS l WHERE l.there
