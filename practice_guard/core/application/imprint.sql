-- imprint --
-- What a database looks like to whoever asks later whether an import ran since (see `imprint.Imprint`), or how it looks
-- now from an earlier moment.
SELECT (SELECT system_identifier::text FROM pg_control_system()), moment.xid::text,
       extract(epoch FROM clock_timestamp())::float8, {first}, {made}, {run}, parts.*
  FROM (SELECT {moment} AS xid) AS moment
 CROSS JOIN LATERAL (
{parts}
       ) AS parts

-- first --
-- When the first team was made after a moment.
(SELECT extract(epoch FROM min(t.created_at))::float8 FROM {teams} AS t
  WHERE extract(epoch FROM t.created_at)::float8 > {at})

-- made --
-- The ids of the teams whose version is newer than a moment, without those that are plainly older and were updated.
(SELECT coalesce(array_agg(t.id::bigint), '{{}}') FROM (SELECT t.*, t.xmin AS guard_version FROM {teams} AS t) AS t
  WHERE {newer} AND {recent})

-- recent --
-- Whether a team was made since a moment, or within the day before it: a transaction may have been that long.
(t.created_at IS NULL OR extract(epoch FROM t.created_at)::float8 > {at} - 86400)

-- no_ids --
-- None.
'{{}}'::bigint[]

-- any_newer --
-- Whether a table has a row of the ETL's own of a version that was not there at a moment.
SELECT EXISTS (SELECT FROM (SELECT t.xmin AS guard_version FROM {table} AS t WHERE {condition}) AS t
                CROSS JOIN (SELECT {moment} AS xid) AS moment
                WHERE {newer})

-- none_older --
-- Whether a table has no row of a version that was there at a moment: whatever wrote them, it began with none.
NOT EXISTS (SELECT FROM (SELECT t.xmin AS guard_version FROM {table} AS t) AS t
             CROSS JOIN (SELECT {moment} AS xid) AS moment
             WHERE NOT {newer})

-- now --
-- The moment: every transaction of a lower number is over, and no later one is seen.
pg_snapshot_xmin(pg_current_snapshot())

-- part --
-- One table: its files, the file of what numbers it, the last number given, and its rows by league.
SELECT {name} AS name, {files} AS files, {sequence} AS sequence, {last} AS last, {counted} AS leagues

-- counted --
-- By league the rows that are older than the moment and those that are not, with sums over who they all are, and over
-- the versions of the latter.
(SELECT coalesce(jsonb_object_agg(x.league, jsonb_build_array(x.settled, x.fresh, x.made, x.versions)), '{{}}')::text
   FROM (SELECT coalesce({league}, '') AS league,
                count(*) FILTER (WHERE NOT {newer}) AS settled, count(*) FILTER (WHERE {newer}) AS fresh,
                coalesce(sum(hashtextextended(ROW({made})::text, 0)), 0)::text AS made,
                coalesce(sum(hashtextextended(ROW({key}, t.guard_version)::text, 0)) FILTER (WHERE {newer}), 0)::text
                AS versions
           FROM (SELECT t.*, t.xmin AS guard_version FROM {table} AS t WHERE {condition}) AS t{joined}
          GROUP BY 1) AS x)

-- newer --
-- Whether a row's version is of a transaction that was not over at the moment. By age, since numbers begin anew.
(age(t.guard_version) <= age(moment.xid::xid))

-- files --
-- The files of a table, or of its partitions: TRUNCATE gives it a new one, and so does whatever writes it anew.
coalesce((SELECT string_agg(pg_relation_filenode(p.relid)::text, ',' ORDER BY p.relid)
            FROM pg_partition_tree({oid}) AS p), pg_relation_filenode({oid})::text, '')

-- numbered_by --
-- The file of a sequence: RESTART IDENTITY gives it a new one.
coalesce(pg_relation_filenode(to_regclass({sequence}))::text, '')

-- last --
-- The last number that a sequence gave, where this role may know.
coalesce((SELECT CASE WHEN has_sequence_privilege(q.oid, 'SELECT, USAGE') THEN pg_sequence_last_value(q.oid)::text END
            FROM pg_class AS q
           WHERE q.oid = to_regclass({sequence}) AND q.relkind = 'S'), '')

-- of_league --
-- The league of a row.
 LEFT JOIN {leagues} AS g ON g.id = t.{column}
