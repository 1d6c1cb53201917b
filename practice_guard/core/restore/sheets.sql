-- led --
-- Where the rows of one parent besides teams and leagues lead.
SELECT g.* FROM {table} AS g WHERE g.parent = {parent}

-- of_a_list --
-- Where the teams or leagues of the lists lead, in the shape in which rows that others hang on are given.
SELECT list, old, id, evidence, fate, given_up, false AS deleted, false AS is_row, NULL::smallint AS team_list,
       NULL::bigint AS team, NULL::text AS team_evidence, NULL::text AS team_fate, league, made
  FROM {table} AS g

-- with_given_up --
-- The same, where values that a person has given up lead to themselves, unless something has that id by now.
SELECT g.* FROM (
{found}
) AS g WHERE g.old <> ALL (ARRAY[{values}]::bigint[])
 UNION ALL
SELECT l.list::smallint, v.old, CASE WHEN n.id IS NULL THEN v.old END, 'decision',
       CASE WHEN n.id IS NULL THEN 'kept' ELSE 'missing' END, true, false, false, NULL::smallint, NULL::bigint,
       NULL::text, NULL::text, NULL::text, 0::smallint
  FROM unnest(ARRAY[{values}]::bigint[]) AS v (old)
 CROSS JOIN generate_series(1, {lists}) AS l (list)
  LEFT JOIN {now} AS n ON n.id = v.old

-- with_strays --
-- The same, where ids that led nowhere when the snapshot was taken lead to themselves, unless something has one by now.
SELECT g.* FROM (
{found}
) AS g
 UNION ALL
SELECT 1::smallint, v.old, v.old, 'same-id', 'kept', false, false, false, NULL::smallint, NULL::bigint, NULL::text,
       NULL::text, NULL::text, 0::smallint
  FROM (SELECT DISTINCT {id} AS old
          FROM practice_guard.{rows} AS t
         WHERE t.{column} IS NOT NULL AND (t.guard_from -> {own}) IS NULL AND NOT t.guard_carried) AS v
 WHERE NOT EXISTS (SELECT FROM {known} AS k WHERE k.list = 1 AND k.old = v.old)
   AND NOT EXISTS (SELECT FROM {now} AS n WHERE n.id = v.old)

-- or_given_up --
-- What there is, and the values that a person has given up.
SELECT n.id FROM {now} AS n
 UNION
SELECT v.id FROM unnest(ARRAY[{values}]::bigint[]) AS v (id)

-- nowhere --
-- The same of what the snapshot does not have.
SELECT NULL::smallint AS list, NULL::bigint AS old, NULL::bigint AS id, NULL::text AS evidence, NULL::text AS fate,
       false AS given_up, false AS deleted, false AS is_row, NULL::smallint AS team_list, NULL::bigint AS team,
       NULL::text AS team_evidence, NULL::text AS team_fate, NULL::text AS league, NULL::smallint AS made

-- ids --
-- The ids that there are in a table.
SELECT DISTINCT {number} AS id FROM {table} AS t
