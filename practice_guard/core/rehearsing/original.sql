-- facts --
-- What a copy of this database needs: the server's version, how large it is without the guard's own schema, how its text
-- is written and sorted, its extensions, the roles that its policies and foreign servers name, and whether this role may make databases.
SELECT current_setting('server_version_num')::int / 10000,
       pg_database_size(current_database())
       - coalesce((SELECT sum(pg_total_relation_size(c.oid))
                     FROM pg_class AS c
                    WHERE c.relnamespace = to_regnamespace('practice_guard') AND c.relkind IN ('r', 'm')), 0)::bigint,
       pg_encoding_to_char(d.encoding)::text, d.datcollate::text, d.datctype::text,
       coalesce(to_jsonb(d.*) ->> 'datlocprovider', 'c'),
       coalesce(to_jsonb(d.*) ->> 'datlocale', to_jsonb(d.*) ->> 'daticulocale'),
       ARRAY(SELECT extname::text FROM pg_extension ORDER BY 1),
       ARRAY(SELECT role::text FROM pg_policies, unnest(roles) AS role
              WHERE role <> 'public' AND schemaname <> 'practice_guard'
              UNION
             SELECT usename::text FROM pg_user_mappings WHERE usename <> 'public'),
       (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user), current_user::text
  FROM pg_database AS d
 WHERE d.datname = current_database()

-- available --
-- The extensions that this server could make.
SELECT name::text FROM pg_available_extensions

-- written --
-- How many rows were inserted, updated and deleted in some tables so far, by the server's own count, and which files the
-- tables have: TRUNCATE counts no row and makes new ones.
WITH tables AS (
    SELECT oid FROM unnest(%(tables)s::bigint[]::oid[]) AS own (oid)
     UNION
    SELECT part.relid FROM unnest(%(tables)s::bigint[]::oid[]) AS own (oid), pg_partition_tree(own.oid) AS part
)
SELECT coalesce(sum(pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
                    + pg_stat_get_tuples_deleted(oid)), 0)::bigint,
       coalesce(string_agg(pg_relation_filenode(oid)::text, ',' ORDER BY oid), '')
  FROM tables
