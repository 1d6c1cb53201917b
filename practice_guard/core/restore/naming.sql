-- of_plan --
-- Rows of the snapshot of which the plan says something: their team, the one they are on, and what they say.
SELECT p.team_list, p.team, p.b0, coalesce(p.live_key, p.key)::text, {words}
  FROM {lines} AS p
  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row
 WHERE p.meant AND {asked}
 ORDER BY p.row LIMIT {most}

-- of_teams --
-- The first rows of the snapshot of each of some teams.
SELECT p.team_list, p.team, p.b0, coalesce(p.live_key, p.key)::text, {words}
  FROM (SELECT p.*, row_number() OVER (PARTITION BY p.team ORDER BY p.row) AS nth
          FROM {lines} AS p
         WHERE p.meant AND p.team_list = %(list)s::smallint AND p.team = ANY(%(teams)s::bigint[])) AS p
  JOIN practice_guard.{rows} AS t ON t.guard_row = p.row
 WHERE p.nth <= {most}
 ORDER BY p.row

-- of_table --
-- Rows of the table that no row of the snapshot was paired with: the team they are on, and what they say.
SELECT NULL::smallint, NULL::bigint, l.ref0, l.lkey::text, {words}
  FROM {rest} AS l
  JOIN {table} AS t ON t.{key}::{key_type} = l.lkey
 WHERE l.protected AND {asked} AND NOT EXISTS (SELECT FROM {pairs} AS p WHERE p.lkey = l.lkey)
 ORDER BY l.lkey LIMIT {most}

-- doubled --
-- Rows of the table that are there more often than they were.
SELECT NULL::smallint, NULL::bigint, d.ref0, d.lkey::text, {words}
  FROM ({doubles}) AS d
  JOIN {table} AS t ON t.{key}::{key_type} = d.lkey
 ORDER BY d.lkey LIMIT {most}
