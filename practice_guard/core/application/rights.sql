-- lacking --
-- Which of these rights this role has not, by itself or by way of another role: on tables, their columns and sequences;
-- USAGE of the schemas of these, and of those of the types that columns to be written have; EXECUTE of the functions that
-- writing them calls, by a CHECK, a domain, an index, a generated column, or the default of a column that is left out.
-- To lock a table takes one of several rights; rights on columns are none of them. Where some columns may be written and
-- others not, that is said of each. A standby is asked for what it takes to read.
WITH wanted AS MATERIALIZED (
    SELECT u.place, u.kind, u.oid::oid AS oid, u.name, u.rights
      FROM unnest(%(kinds)s::text[], %(oids)s::bigint[], %(names)s::text[], %(rights)s::text[])
           WITH ORDINALITY AS u (kind, oid, name, rights, place)),
named AS (
    SELECT c.oid, c.relnamespace, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('S', 'r', 'p')),
found AS MATERIALIZED (
    SELECT w.place, w.kind, w.name, w.rights, c.oid, c.relnamespace
      FROM wanted AS w
      JOIN pg_class AS c ON c.oid = w.oid
     UNION ALL
    SELECT w.place, w.kind, w.name, w.rights, c.oid, c.relnamespace
      FROM wanted AS w
      JOIN named AS c ON c.name = w.name
     WHERE w.oid IS NULL
     UNION ALL
    SELECT w.place, 'table', w.name, w.rights, c.oid, c.relnamespace
      FROM wanted AS w
      JOIN pg_namespace AS n ON n.nspname = w.name
      JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
     WHERE w.kind = 'tables'),
written AS MATERIALIZED (
    SELECT f.place, f.oid, f.rights, a.attname, a.atttypid
      FROM found AS f
      JOIN pg_attribute AS a ON a.attrelid = f.oid AND a.attname = f.name
     WHERE f.kind = 'column' AND f.rights <> 'SELECT'),
parts AS MATERIALIZED (
    SELECT DISTINCT f.oid AS whole, coalesce(p.relid::oid, f.oid) AS oid
      FROM (SELECT DISTINCT oid FROM written) AS f
      LEFT JOIN LATERAL pg_partition_tree(f.oid::regclass) AS p ON true),
calling AS (
    SELECT k.tableoid AS class, k.oid
      FROM pg_constraint AS k
     WHERE k.contype = 'c' AND (k.conrelid IN (SELECT oid FROM parts) OR k.contypid IN (SELECT atttypid FROM written))
     UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index AS i WHERE i.indrelid IN (SELECT oid FROM parts)
     UNION ALL
    SELECT f.tableoid, f.oid
      FROM pg_attrdef AS f
      JOIN pg_attribute AS a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
      JOIN parts AS p ON p.oid = f.adrelid
     WHERE a.attgenerated <> ''
        OR (p.oid = p.whole AND p.whole IN (SELECT oid FROM written WHERE rights = 'INSERT')
            AND a.attname NOT IN (SELECT w.attname FROM written AS w WHERE w.oid = p.whole AND w.rights = 'INSERT'))),
called AS (
    SELECT DISTINCT coalesce(o.oprcode::oid, d.refobjid) AS oid
      FROM calling AS k
      JOIN pg_depend AS d ON d.classid = k.class AND d.objid = k.oid
      LEFT JOIN pg_operator AS o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
     WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)),
lacking AS (
    SELECT 0 AS place, 'SCHEMA ' || quote_ident(n.nspname) AS thing, NULL AS part, 'USAGE' AS has_not, false AS some,
           false AS locks
      FROM pg_namespace AS n
     WHERE n.oid IN (SELECT relnamespace FROM found
                      UNION ALL
                     SELECT t.typnamespace FROM written AS w JOIN pg_type AS t ON t.oid = w.atttypid)
       AND NOT has_schema_privilege(n.oid, 'USAGE')
     UNION ALL
    SELECT f.place, CASE f.kind WHEN 'sequence' THEN 'SEQUENCE ' ELSE '' END || c.name,
           CASE f.kind WHEN 'column' THEN quote_ident(f.name) END,
           CASE WHEN f.kind <> 'lock' THEN f.rights WHEN server.maintains THEN 'MAINTAIN' ELSE 'UPDATE' END,
           f.kind = 'column' AND has_any_column_privilege(f.oid, f.rights), f.kind = 'lock'
      FROM found AS f
      JOIN named AS c ON c.oid = f.oid
     CROSS JOIN (SELECT current_setting('server_version_num')::int >= 170000 AS maintains) AS server
     WHERE CASE f.kind
           WHEN 'column' THEN has_column_privilege(f.oid, f.name, f.rights)
           WHEN 'sequence' THEN has_sequence_privilege(f.oid, f.rights)
           WHEN 'lock' THEN has_table_privilege(f.oid, 'UPDATE, DELETE, TRUNCATE'
                                                       || CASE WHEN server.maintains THEN ', MAINTAIN' ELSE '' END)
           ELSE has_table_privilege(f.oid, f.rights) END IS NOT TRUE
     UNION ALL
    SELECT 2000000000, 'FUNCTION ' || p.oid::regprocedure::text, NULL, 'EXECUTE', false, false
      FROM pg_proc AS p
     WHERE p.oid IN (SELECT oid FROM called) AND NOT has_function_privilege(p.oid, 'EXECUTE')
     UNION ALL
    SELECT w.place, 'DATABASE ' || quote_ident(current_database()), NULL, 'TEMPORARY', false, false
      FROM wanted AS w
     WHERE w.kind = 'scratch' AND NOT has_database_privilege(current_database(), 'TEMPORARY')
       AND NOT coalesce((SELECT has_schema_privilege(n.oid, 'CREATE') FROM pg_namespace AS n WHERE n.nspname = w.name),
                        has_database_privilege(current_database(), 'CREATE')))
SELECT quote_ident(current_user), l.thing, l.part, l.has_not, l.some, l.locks
  FROM lacking AS l
 WHERE l.has_not IN ('SELECT', 'USAGE') OR NOT pg_is_in_recovery()
 ORDER BY l.place, l.thing

-- behind --
-- Whether a column has a higher number than the sequence that numbers it has given.
SELECT coalesce((SELECT max(t.{column})::bigint FROM {table} AS t) > last_value - CASE WHEN is_called THEN 0 ELSE 1 END,
                false)
  FROM {sequence}
