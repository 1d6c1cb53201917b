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
