-- goals --
-- Who the teams, or the leagues, of the lists are today.
SELECT u.list::smallint, u.old, u.id, u.evidence, u.fate, u.given_up, u.meant, u.league, u.made::smallint
  FROM unnest(%(lists)s::int[], %(olds)s::bigint[], %(ids)s::bigint[], %(evidence)s::text[], %(fates)s::text[],
              %(given_up)s::boolean[], %(meant)s::boolean[], %(leagues)s::text[], %(made)s::int[])
    AS u (list, old, id, evidence, fate, given_up, meant, league, made)

-- goals_besides --
-- The same of the rows of other parents.
SELECT u.parent, u.list::smallint, u.old, u.id, u.evidence, u.fate, u.given_up, u.meant, u.league, u.made::smallint
  FROM unnest(%(parents)s::text[], %(lists)s::int[], %(olds)s::bigint[], %(ids)s::bigint[], %(evidence)s::text[],
              %(fates)s::text[], %(given_up)s::boolean[], %(meant)s::boolean[], %(leagues)s::text[], %(made)s::int[])
    AS u (parent, list, old, id, evidence, fate, given_up, meant, league, made)

-- rest --
-- The rows of the snapshot beside those of the table that have their primary keys, and what is protected there beside
-- them; without those that are in place to the letter, or plainly to be put back, where these have no lines.
SELECT t.guard_row, {kept_key}, CASE WHEN t.guard_row IS NOT NULL THEN ROW({content})::text END, {created}, false,
       {lists}, {olds}, t.guard_known, t.guard_goal,
       {live_key}, CASE WHEN l.guard_there IS NOT NULL THEN ROW({live_content})::text END, {live_created},
       {live_refs}, l.guard_there, l.guard_protected
  FROM (SELECT t.*, {known0} AS guard_known, {goal_ids}, {known} AS guard_all_known,
               {plainly} AS guard_plainly
          FROM practice_guard.{rows} AS t
{goal_joins}
{plain_joins}
         WHERE NOT t.guard_carried) AS t
  FULL JOIN (SELECT t.*, v.id IS NOT NULL AS guard_there
               FROM (SELECT t.*, ({condition}) IS TRUE AS guard_protected FROM {table} AS t) AS t
               LEFT JOIN {there} AS v ON v.id = {pointed}) AS l ON {same_key}
  LEFT JOIN (SELECT DISTINCT {kept_key} AS key FROM practice_guard.{rows} AS t WHERE t.guard_carried) AS c
    ON c.key = {live_key}
 WHERE (t.guard_row IS NOT NULL OR l.guard_protected OR c.key IS NOT NULL){besides}
UNION ALL
SELECT t.guard_row, {kept_key}, ROW({content})::text, {created}, true, {lists}, {olds}, {known0},
       CASE WHEN {old0} IS NOT NULL THEN g0.id END, {nothing}
  FROM practice_guard.{rows} AS t
{goal_joins}
 WHERE t.guard_carried

-- in_place --
-- A row that is where it should be, to the letter.

   AND NOT coalesce(l.guard_protected AND t.guard_all_known AND {alike} AND {same_refs}, false)

-- put_back --
-- A row that is plainly to be put back.

   AND NOT coalesce(t.guard_plainly AND l.{key} IS NULL, false)

-- emptied --
-- Whether not one row of the snapshot is left where it was, though there were some: TRUNCATE ... CASCADE does that. A new
-- row may have an old key since: what has no time tells itself from it by what it says. Rows that were put in again since
-- are left by nobody.
SELECT EXISTS (SELECT FROM practice_guard.{rows} AS t WHERE NOT t.guard_carried)
       AND (({none_older}) OR NOT EXISTS (SELECT FROM practice_guard.{rows} AS t
                         JOIN {table} AS l ON {same_key}
                        WHERE NOT t.guard_carried AND {same_row}))

-- dest --
-- Under which key each row that others hang on will be, with the team that it belongs to; none where two had one key.
SELECT list, old, CASE WHEN times = 1 THEN id END, CASE WHEN times = 1 THEN evidence END,
       CASE WHEN times > 1 THEN 'ambiguous' ELSE fate END, times = 1 AND given_up, times = 1 AND deleted, times = 1,
       CASE WHEN times = 1 THEN team_list END, CASE WHEN times = 1 THEN team END,
       CASE WHEN times = 1 THEN team_evidence END, CASE WHEN times = 1 THEN team_fate END,
       CASE WHEN times = 1 THEN league END, CASE WHEN times = 1 THEN made END
  FROM (SELECT x.*, count(*) OVER same AS times, row_number() OVER same AS nth,
               CASE WHEN open OR deleted THEN NULL WHEN id = old THEN 'same-id' ELSE 'exact' END AS evidence,
               CASE WHEN deleted THEN 'missing'
                    WHEN open AND team_fate IN ('ambiguous', 'conflicting') THEN team_fate
                    WHEN open THEN 'missing'
                    WHEN id = old THEN 'kept'
                    ELSE 'renumbered' END AS fate
          FROM (SELECT CASE WHEN p.carried AND p.list IS NOT NULL THEN p.list ELSE 1::smallint END AS list,
                       p.key::bigint AS old,
                       CASE WHEN p.bucket = 'deleted' THEN NULL
                            WHEN p.live_key IS NOT NULL THEN p.live_key::bigint
                            WHEN p.bucket = 'insert' AND p.new_key THEN {stand_in} - p.row
                            WHEN p.bucket = 'insert' THEN p.key::bigint END AS id,
                       p.bucket = 'given_up' AS given_up, p.bucket = 'deleted' AS deleted,
                       p.bucket IN ('pending', 'given_up') AS open,
                       p.team_list, p.team, p.evidence AS team_evidence, p.fate AS team_fate, tg.league, tg.made
                  FROM {plan} AS p
                  LEFT JOIN {teams} AS tg ON tg.list = p.team_list AND tg.old = p.team) AS x
        WINDOW same AS (PARTITION BY list, old)) AS y
 WHERE nth = 1{standing}

-- standing --
-- Rows of the table that are none of the snapshot's, and that no import takes along: they are what they were.

UNION ALL
SELECT 1::smallint, t.{key}::bigint, t.{key}::bigint, 'same-id', 'kept', false, false, false, NULL, NULL, NULL, NULL,
       NULL, NULL
  FROM {table} AS t
 WHERE NOT EXISTS (SELECT FROM {plan} AS p WHERE p.key = t.{key} AND (NOT p.carried OR p.list IS NULL OR p.list = 1))
