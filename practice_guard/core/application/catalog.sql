-- catalog --
-- Ordinary, partitioned and other relations of the application's schema, and those of other schemas that settings name;
-- one of the application's that is itself called so, with a dot, goes before: the primary key; the columns in their order;
-- foreign keys between all of these, with what happens on deletion and whether they are enforced; unique
-- constraints and indexes, where an expression stands as NULL; the triggers and rules that users made; whether it is a
-- partition, what inherits it otherwise, and what this role may do to all its rows; what keeps rows apart besides unique keys, what is computed of a row and
-- may fail (arithmetic, a function, a cast), and the rules that only parts of it have; and what hides or replaces the
-- relation in the role's own search path, temporary tables first.
-- A trigger surely lets no row through where it fires before each of them and its function can return nothing but NULL; a
-- rule, where it does something else instead and asks for no condition.
-- A type outside pg_catalog is not built in: an ETL may drop it. What numbers a column is what its default or identity
-- draws from; pg_get_serial_sequence says what is owned, which may be another. A domain tells what it is made of.
WITH path AS (
    SELECT n.oid, path.place
      FROM (SELECT 'pg_temp' AS name, 0 AS place
             UNION ALL
            SELECT btrim(p.name, ' "'), p.place
              FROM pg_settings AS s
             CROSS JOIN LATERAL unnest(string_to_array(s.reset_val, ',')) WITH ORDINALITY AS p (name, place)
             WHERE s.name = 'search_path') AS path
      JOIN pg_namespace AS n
        ON n.nspname = CASE path.name WHEN '$user' THEN session_user ELSE path.name END
        OR (path.name = 'pg_temp' AND n.oid = pg_my_temp_schema())),
     others AS MATERIALIZED (
    SELECT DISTINCT ON (called.name) c.oid, n.nspname::text AS schema, called.name
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (SELECT n.nspname || '.' || c.relname AS name) AS called
     WHERE called.name = ANY (%(others)s::text[]) AND n.nspname <> %(schema)s
       AND n.nspname !~ '^(pg_|practice_guard$|information_schema$)' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND NOT EXISTS (SELECT FROM pg_class AS own
                         JOIN pg_namespace AS app ON app.oid = own.relnamespace AND app.nspname = %(schema)s
                        WHERE own.relname = called.name AND own.relkind IN ('r', 'p', 'v', 'm', 'f'))
     ORDER BY called.name, n.nspname),
     members AS (
    SELECT c.oid
      FROM pg_class AS c
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) AND c.relkind IN ('r', 'p')
     UNION
    SELECT coalesce(t.relid::oid, o.oid)
      FROM others AS o
      LEFT JOIN LATERAL pg_partition_tree(o.oid::regclass) AS t ON true
     UNION
    SELECT t.relid::oid
      FROM pg_class AS c
     CROSS JOIN LATERAL pg_partition_tree(c.oid::regclass) AS t
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s) AND c.relkind = 'p'),
     computed AS MATERIALIZED (
    SELECT i.indrelid AS oid, 'INDEX' AS kind, x.relname::text AS name,
           EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid) AS inherited,
           concat_ws(', ', pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)) AS text
      FROM pg_index AS i
      JOIN pg_class AS x ON x.oid = i.indexrelid
     WHERE i.indrelid IN (SELECT m.oid FROM members AS m) AND NOT i.indisunique
       AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
     UNION ALL
    SELECT a.attrelid, 'GENERATED', a.attname::text, a.attinhcount > 0, pg_get_expr(d.adbin, d.adrelid)
      FROM pg_attribute AS a
      JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid IN (SELECT m.oid FROM members AS m) AND a.attgenerated = 's'),
     expressions AS (
    SELECT e.oid, e.kind, e.name, e.inherited
      FROM computed AS e
     WHERE regexp_replace(regexp_replace(e.text, '''[^'']*''', '', 'g'),
                          '->>?|(?<![.a-z0-9_"])(lower|upper|btrim|coalesce)[(]', '', 'gi')
           ~* '[-+*/%%^]|[a-z0-9_"][(]|[)a-z0-9_"]::(?!text|character varying)')
SELECT o.schema, coalesce(o.name, c.relname::text), c.oid::bigint, c.relkind::text, c.relrowsecurity,
       (SELECT array_agg(a.attname::text ORDER BY k.place)
          FROM pg_index AS i
         CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
          JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
         WHERE i.indrelid = c.oid AND i.indisprimary),
       (SELECT coalesce(json_agg(json_build_array(
               a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attgenerated <> '', a.attidentity::text, a.atthasdef OR a.attidentity <> '',
               t.typnamespace = 'pg_catalog'::regnamespace
               AND (t.typelem = 0 OR e.typnamespace = 'pg_catalog'::regnamespace),
               CASE WHEN a.atthasdef OR a.attidentity <> '' THEN
               (SELECT quote_ident(n.nspname) || '.' || quote_ident(q.relname)
                  FROM pg_class AS q
                  JOIN pg_namespace AS n ON n.oid = q.relnamespace
                 WHERE q.relkind = 'S' AND q.oid = coalesce(
                       (SELECT d.objid FROM pg_depend AS d
                         WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
                           AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'),
                       (SELECT d.refobjid FROM pg_attrdef AS f
                          JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
                                             AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
                         WHERE f.adrelid = c.oid AND f.adnum = a.attnum LIMIT 1))) END,
               CASE WHEN t.typtype = 'd' THEN
               (WITH RECURSIVE under (oid, next) AS (
                       SELECT t.oid, t.typbasetype
                        UNION ALL
                       SELECT b.oid, b.typbasetype FROM under AS u JOIN pg_type AS b ON b.oid = u.next)
                SELECT format_type(u.oid, NULL) FROM under AS u WHERE u.next = 0) END,
               coalesce((SELECT to_jsonb(l) ->> 'collisdeterministic' = 'false' FROM pg_collation AS l
                          WHERE l.oid = a.attcollation), false)) ORDER BY a.attnum), '[]')::text
          FROM pg_attribute AS a
          JOIN pg_type AS t ON t.oid = a.atttypid
          LEFT JOIN pg_type AS e ON e.oid = t.typelem
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT coalesce(json_agg(json_build_array(
               con.conname::text, coalesce(o.name, c.relname::text), keyed.columns,
               coalesce(other.name, parent.relname::text), con.confdeltype::text, con.convalidated,
               NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgconstraint = con.oid AND g.tgenabled IN ('D', 'R')),
               keyed.parent_columns, con.condeferrable, space.nspname::text, parent.relname::text) ORDER BY keyed.columns, con.conname), '[]')::text
          FROM pg_constraint AS con
          JOIN pg_class AS parent ON parent.oid = con.confrelid
          JOIN pg_namespace AS space ON space.oid = parent.relnamespace
          LEFT JOIN others AS other ON other.oid = parent.oid
         CROSS JOIN LATERAL (
               SELECT array_agg(col.attname::text ORDER BY k.place) AS columns,
                      array_agg(key.attname::text ORDER BY k.place) AS parent_columns
                 FROM unnest(con.conkey, con.confkey) WITH ORDINALITY AS k (own, their, place)
                 JOIN pg_attribute AS col ON col.attrelid = con.conrelid AND col.attnum = k.own
                 JOIN pg_attribute AS key ON key.attrelid = con.confrelid AND key.attnum = k.their) AS keyed
         WHERE con.conrelid = c.oid AND con.contype = 'f'
           AND (space.nspname = %(schema)s OR other.oid IS NOT NULL)),
       (SELECT coalesce(json_agg(json_build_array(
               x.relname::text,
               array(SELECT a.attname::text
                       FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
                       LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
                      WHERE k.place <= i.indnkeyatts ORDER BY k.place),
               i.indisprimary, i.indisvalid AND i.indisready, i.indimmediate, i.indpred IS NOT NULL,
               array(SELECT coalesce(
                            (SELECT 'OPERATOR(' || quote_ident(n.nspname) || '.' || q.oprname || ')'
                               FROM pg_opclass AS f
                               JOIN pg_am AS am ON am.oid = f.opcmethod AND am.amname = 'btree'
                               JOIN pg_amop AS m ON m.amopfamily = f.opcfamily AND m.amoplefttype = f.opcintype
                                                AND m.amoprighttype = f.opcintype AND m.amopstrategy = 3
                               JOIN pg_operator AS q ON q.oid = m.amopopr
                               JOIN pg_namespace AS n ON n.oid = q.oprnamespace
                              WHERE f.oid = k.class), '=')
                       FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS k (class, place) ORDER BY k.place),
               array(SELECT coalesce(
                            (SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(s.collname)
                               FROM pg_collation AS s
                               JOIN pg_namespace AS n ON n.oid = s.collnamespace
                              WHERE s.oid = k.sort), '')
                       FROM unnest(i.indcollation::oid[]) WITH ORDINALITY AS k (sort, place) ORDER BY k.place),
               coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false))
               ORDER BY x.relname), '[]')::text
          FROM pg_index AS i
          JOIN pg_class AS x ON x.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisunique),
       (SELECT coalesce(json_agg(json_build_array(
               g.tgname::text, g.tgenabled <> 'D', g.tgtype::int,
               g.tgenabled IN ('O', 'A') AND g.tgtype & 3 = 3 AND g.tgqual IS NULL AND g.tgattr::text = ''
               AND l.lanname = 'plpgsql' AND f.prosrc ~* '[[:<:]]return[[:>:]]'
               AND f.prosrc !~* '[[:<:]]return[[:>:]](?![[:space:]]+null[[:space:]]*;)') ORDER BY g.tgname), '[]')::text
          FROM pg_trigger AS g
          JOIN pg_proc AS f ON f.oid = g.tgfoid
          JOIN pg_language AS l ON l.oid = f.prolang
         WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
       (SELECT coalesce(json_agg(CASE con.contype WHEN 'c' THEN 'CHECK ' ELSE 'EXCLUDE ' END || con.conname
                                 ORDER BY con.conname), '[]')::text
          FROM pg_constraint AS con
         WHERE con.conrelid = c.oid AND con.contype IN ('c', 'x')),
       (SELECT coalesce(json_agg(json_build_array(
               r.rulename::text, r.ev_type = '3', r.ev_type = '2',
               r.is_instead AND r.ev_qual::text = '<>' AND r.ev_enabled IN ('O', 'A')) ORDER BY r.rulename), '[]')::text
          FROM pg_rewrite AS r
         WHERE r.ev_class = c.oid AND r.ev_type IN ('2', '3') AND r.ev_enabled <> 'D'),
       json_build_array(c.relispartition,
               (SELECT coalesce(json_agg(json_build_array(
                       h.inhrelid::regclass::text,
                       array(SELECT a.attname::text FROM pg_attribute AS a
                              WHERE a.attrelid = h.inhrelid AND a.attnum > 0 AND NOT a.attisdropped
                                AND a.attinhcount = 0 ORDER BY a.attnum)) ORDER BY h.inhrelid::regclass::text), '[]')
                  FROM pg_inherits AS h
                 WHERE h.inhparent = c.oid AND c.relkind = 'r'),
               array_remove(ARRAY[
                       CASE WHEN has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
                            THEN 'SELECT' END,
                       CASE WHEN has_any_column_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END,
                       CASE WHEN has_any_column_privilege(c.oid, 'INSERT') THEN 'INSERT' END], NULL))::text,
       json_build_array(
               (SELECT coalesce(json_agg(json_build_array(
                       array(SELECT a.attname::text
                               FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
                               LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                              WHERE k.place <= i.indnkeyatts ORDER BY k.place),
                       con.oid IS NULL OR NOT EXISTS (
                               SELECT FROM unnest(con.conexclop) AS x (oid) JOIN pg_operator AS q ON q.oid = x.oid
                                WHERE q.oprname <> '='),
                       i.indimmediate) ORDER BY i.indexrelid), '[]')
                  FROM pg_index AS i
                  LEFT JOIN pg_constraint AS con ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid
                                                AND con.contype = 'x'
                 WHERE i.indrelid = ANY (CASE c.relkind WHEN 'p' THEN
                                         array(SELECT t.relid::oid FROM pg_partition_tree(c.oid::regclass) AS t)
                                         ELSE ARRAY[c.oid] END)
                   AND (con.oid IS NOT NULL OR (i.indisunique AND i.indrelid <> c.oid AND NOT EXISTS (
                               SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid)))),
               (SELECT coalesce(json_agg(e.kind || ' ' || e.name ORDER BY e.kind, e.name), '[]')
                  FROM expressions AS e
                 WHERE e.oid = c.oid),
               (SELECT coalesce(json_agg(r.part || ': ' || r.rule ORDER BY r.part, r.rule), '[]')
                  FROM (SELECT own.rule,
                               CASE WHEN p.relnamespace = c.relnamespace THEN p.relname::text
                                    ELSE p.oid::regclass::text END AS part
                          FROM (SELECT t.relid::oid AS oid FROM pg_partition_tree(c.oid::regclass) AS t) AS m
                          JOIN pg_class AS p ON p.oid = m.oid
                         CROSS JOIN LATERAL (
                               SELECT CASE con.contype WHEN 'c' THEN 'CHECK ' WHEN 'x' THEN 'EXCLUDE '
                                                       ELSE 'FOREIGN KEY ' END || con.conname AS rule
                                 FROM pg_constraint AS con
                                WHERE con.conrelid = m.oid AND con.contype IN ('c', 'x', 'f') AND con.conparentid = 0
                                  AND con.coninhcount = 0
                                UNION ALL
                               SELECT 'UNIQUE ' || x.relname
                                 FROM pg_index AS i
                                 JOIN pg_class AS x ON x.oid = i.indexrelid
                                WHERE i.indrelid = m.oid AND i.indisunique
                                  AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
                                UNION ALL
                               SELECT 'TRIGGER ' || g.tgname
                                 FROM pg_trigger AS g
                                WHERE g.tgrelid = m.oid AND NOT g.tgisinternal AND g.tgparentid = 0
                                  AND g.tgenabled <> 'D' AND g.tgtype::int & 20 <> 0
                                UNION ALL
                               SELECT 'NOT NULL ' || a.attname
                                 FROM pg_attribute AS a
                                 JOIN pg_attribute AS whole ON whole.attrelid = c.oid AND whole.attname = a.attname
                                WHERE a.attrelid = m.oid AND a.attnum > 0 AND a.attnotnull AND NOT whole.attnotnull
                                UNION ALL
                               SELECT e.kind || ' ' || e.name FROM expressions AS e
                                WHERE e.oid = m.oid AND NOT e.inherited) AS own
                         WHERE c.relkind = 'p' AND m.oid <> c.oid) AS r))::text,
       (SELECT CASE WHEN found.relnamespace <> c.relnamespace THEN found.oid::regclass::text END
          FROM path AS p
          JOIN pg_class AS found ON found.relnamespace = p.oid AND found.relname = c.relname
         WHERE o.oid IS NULL AND EXISTS (SELECT FROM path AS own WHERE own.oid = c.relnamespace)
         ORDER BY p.place LIMIT 1)
  FROM pg_class AS c
  LEFT JOIN others AS o ON o.oid = c.oid
 WHERE (o.oid IS NOT NULL OR c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s))
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY o.name NULLS FIRST, c.relname
