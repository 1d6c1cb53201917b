-- snapshots --
-- All snapshots of a schema, or the one of an id, with what each holds. Columns that older versions of the table lack are read through
-- JSON, where they are NULL. Times that no driver holds and arrays in arrays are made readable, so that one snapshot that
-- was tampered with hides no other.
SELECT id, number, label, least(greatest(taken_at, earliest), latest), taken_by, environment, fingerprint::text,
       tool_version, server_version, accepted_current, ARRAY(SELECT coalesce(list, 'NULL') FROM unnest(lists) AS list),
       rows, carried, mark, digest,
       CASE WHEN verified_at IS NOT NULL THEN least(greatest(verified_at, earliest), latest) END,
       coalesce((newer ->> 'digest_version')::int, 1),
       CASE WHEN newer ->> 'imported_at' IS NOT NULL
            THEN least(greatest((newer ->> 'imported_at')::timestamptz, earliest), latest) END,
       ARRAY(SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(newer -> 'keeps') = 'array' THEN newer -> 'keeps'
                                                   ELSE '[]' END)),
       (SELECT coalesce(json_agg(json_build_array(name, definition::text, columns::text, rows_table, rows, carried,
                                                  teams, digest) ORDER BY name), '[]')::text
          FROM practice_guard.snapshot_sets WHERE snapshot = s.id)
  FROM practice_guard.snapshots AS s
 CROSS JOIN LATERAL to_jsonb(s) AS newer
 CROSS JOIN (VALUES (timestamptz '0002-01-01 00:00+00', timestamptz '9998-12-31 00:00+00')) AS times (earliest, latest)
 WHERE (%(id)s::text IS NULL OR s.id = %(id)s::text)
   AND NOT EXISTS (SELECT FROM practice_guard.snapshot_sets AS o
                    WHERE o.snapshot = s.id
                      AND coalesce(o.definition ->> 'schema' = %(schema)s::text,
                                   starts_with(o.definition ->> 'table', %(schema)s::text || '.')) IS FALSE)
 ORDER BY number DESC

-- sizes --
-- What each snapshot takes on the disk, in bytes, with the indexes.
SELECT snapshot, coalesce(sum(pg_total_relation_size(to_regclass('practice_guard.' || quote_ident(rows_table)))), 0)::bigint
  FROM practice_guard.snapshot_sets
 GROUP BY snapshot
