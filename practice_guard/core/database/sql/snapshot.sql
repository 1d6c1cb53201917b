-- snapshots --
-- All snapshots. Columns that older versions of the table lack are read through JSON, where they are NULL. Times that no
-- driver holds and arrays in arrays are made readable, so that one snapshot that was tampered with hides no other.
SELECT id, number, label, least(greatest(taken_at, earliest), latest), taken_by, environment, fingerprint::text,
       tool_version, server_version, accepted_current, ARRAY(SELECT coalesce(list, 'NULL') FROM unnest(lists) AS list),
       rows, carried, mark, digest,
       CASE WHEN verified_at IS NOT NULL THEN least(greatest(verified_at, earliest), latest) END,
       coalesce((newer ->> 'digest_version')::int, 1),
       CASE WHEN newer ->> 'imported_at' IS NOT NULL
            THEN least(greatest((newer ->> 'imported_at')::timestamptz, earliest), latest) END
  FROM practice_guard.snapshots AS s
 CROSS JOIN LATERAL to_jsonb(s) AS newer
 CROSS JOIN (VALUES (timestamptz '0002-01-01 00:00+00', timestamptz '9998-12-31 00:00+00')) AS times (earliest, latest)
 ORDER BY number DESC

-- sets --
-- What each snapshot holds.
SELECT snapshot, name, definition::text, columns::text, rows_table, rows, carried, teams, digest
  FROM practice_guard.snapshot_sets
 ORDER BY snapshot, name

-- mark --
-- What changes with every import: ids and times of the teams, ids of the leagues, and the ETL's own rows of the
-- protected tables. Two equal marks prove that no import ran between them.
SELECT encode(sha256(convert_to(coalesce(string_agg(part, '|' ORDER BY part COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM ({parts}) AS marks (part)

-- mark_part --
-- One table's share of the mark.
SELECT '{name}:' || {oid} || ':' || coalesce(pg_relation_filenode({oid}::oid)::bigint, 0) || ':' || count(*)
       || ':' || encode(sha256(convert_to(
       coalesce(string_agg(ROW({columns})::text, ',' ORDER BY ROW({columns})::text COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM {table} AS t
 WHERE {condition}

-- digest --
-- Digest, version 1: SHA-256 over the sorted SHA-256 sums of the rows' canonical texts. Sorting makes the order of the
-- rows not matter while their multiplicity does, and unlike a sum of hashes it cannot be met by other rows.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t WHERE {condition}) AS rows

-- create_rows --
-- The snapshot's own table for one protected set. `guard_carried` marks rows that were not in the live table but still
-- ought to exist; `guard_from` names the team list an id is from where it is an older one.
CREATE TABLE practice_guard.{rows} (
    guard_row bigint PRIMARY KEY,
    guard_carried boolean NOT NULL,
    guard_from jsonb,
    {definitions}
)

-- copy_rows --
-- Copies the protected rows, numbered from 1.
INSERT INTO practice_guard.{rows} (guard_row, guard_carried, {columns})
SELECT row_number() OVER (ORDER BY t.{key}), false, {values}
  FROM {table} AS t
 WHERE {condition}

-- carry_rows --
-- Takes rows over from an earlier snapshot, because their team has not come back yet.
INSERT INTO practice_guard.{rows} (guard_row, guard_carried, guard_from, {columns})
SELECT u.number, true, u.origins::jsonb, {values}
  FROM unnest(%(rows)s::bigint[], %(numbers)s::bigint[], %(origins)s::text[]) AS u (row, number, origins)
  JOIN practice_guard.{old_rows} AS t ON t.guard_row = u.row

-- defaults --
-- The default expressions of columns, as SQL that needs no search path.
SELECT a.attname::text, pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attribute AS a
  JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = %(table)s::bigint::oid AND a.attname = ANY (%(columns)s::text[]) AND a.attidentity = ''

-- carried_alike --
-- How many of the rows taken over are to the letter what they were.
SELECT count(*)
  FROM unnest(%(rows)s::bigint[], %(numbers)s::bigint[]) AS u (row, number)
  JOIN practice_guard.{old_rows} AS t ON t.guard_row = u.row
  JOIN practice_guard.{rows} AS n ON n.guard_row = u.number
 WHERE ROW({old_columns})::text = ROW({new_columns})::text AND {nothing_lost}

-- anchor_rows --
-- Rows that are in the live table without their team keep the ids under which the earlier snapshot knew it.
UPDATE practice_guard.{rows} AS t
   SET guard_from = u.origins::jsonb
  FROM unnest(%(keys)s::text[], %(origins)s::text[]) AS u (key, origins)
 WHERE t.{key}::text = u.key AND NOT t.guard_carried

-- count_teams --
-- How many teams or leagues the rows of a set hang on.
SELECT count(DISTINCT {column}) FROM practice_guard.{rows}

-- insert_snapshot --
-- The snapshot's own row.
INSERT INTO practice_guard.snapshots
       (id, label, taken_at, taken_by, environment, fingerprint, tool_version, server_version, accepted_current, lists,
        rows, carried, mark, digest, digest_version, imported_at)
VALUES (%(id)s::text, %(label)s::text, %(taken_at)s::timestamptz, %(taken_by)s::text, %(environment)s::text,
        %(fingerprint)s::jsonb, %(tool_version)s::text, %(server_version)s::text, %(accepted_current)s::boolean,
        %(lists)s::text[], %(rows)s::bigint, %(carried)s::bigint, %(mark)s::text, %(digest)s::text,
        %(digest_version)s::int, %(imported_at)s::timestamptz)

-- insert_set --
-- What the snapshot holds of one protected set.
INSERT INTO practice_guard.snapshot_sets
       (snapshot, name, definition, columns, rows_table, rows, carried, teams, digest)
VALUES (%(snapshot)s::text, %(name)s::text, %(definition)s::jsonb, %(columns)s::jsonb, %(rows_table)s::text,
        %(rows)s::bigint, %(carried)s::bigint, %(teams)s::bigint, %(digest)s::text)

-- set_verified --
-- Notes that the snapshot was read back and found whole.
UPDATE practice_guard.snapshots SET verified_at = %(now)s::timestamptz WHERE id = %(id)s::text AND verified_at IS NULL

-- stored_columns --
-- The columns a snapshot's table really has, with their types.
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod)
  FROM pg_attribute AS a
 WHERE a.attrelid = to_regclass(%(table)s::text) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum

-- sizes --
-- What each snapshot takes on the disk, in bytes, with the indexes.
SELECT snapshot, coalesce(sum(pg_total_relation_size(to_regclass('practice_guard.' || quote_ident(rows_table)))), 0)::bigint
  FROM practice_guard.snapshot_sets
 GROUP BY snapshot

-- read_by_people --
-- A snapshot's rows with the team that each hung on, as a person reads them in an incident.
SELECT {names}, p.*
  FROM practice_guard.{rows} AS p
  LEFT JOIN practice_guard.{lists} AS t
    ON t.list = coalesce(p.guard_from -> {column} ->> 'list',
                         {snapshot})
   AND t.id = coalesce((p.guard_from -> {column} ->> 'id')::bigint,
                       p.{reference})
 ORDER BY p.guard_row;

-- set_names --
-- The sets that a snapshot says it holds.
SELECT name FROM practice_guard.snapshot_sets WHERE snapshot = %(id)s::text ORDER BY name

-- drop_rows --
-- Removes a snapshot's table.
DROP TABLE IF EXISTS practice_guard.{rows}

-- delete_sets --
-- Removes what is known of a snapshot's sets; inside an ETL that turns foreign keys off, ON DELETE CASCADE does not.
DELETE FROM practice_guard.snapshot_sets WHERE snapshot = %(id)s::text

-- delete_snapshot --
-- Removes a snapshot's own row.
DELETE FROM practice_guard.snapshots WHERE id = %(id)s::text

-- delete_unused_teams --
-- Removes the team lists that no snapshot needs any more.
DELETE FROM practice_guard.team_lists AS t
 WHERE NOT EXISTS (SELECT FROM practice_guard.snapshots AS s WHERE t.list = ANY (s.lists))

-- delete_unused_leagues --
-- Removes the league lists that no snapshot needs any more.
DELETE FROM practice_guard.league_lists AS t
 WHERE NOT EXISTS (SELECT FROM practice_guard.snapshots AS s WHERE t.list = ANY (s.lists))
