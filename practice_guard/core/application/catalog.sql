-- tables --
-- Ordinary, partitioned and other relations of the application's schema, with what stands in a guard's way.
SELECT c.relname::text, c.oid::bigint, c.relkind::text, c.relrowsecurity,
       (SELECT array_agg(a.attname::text ORDER BY k.place)
          FROM pg_index AS i
         CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
          JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
         WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_class AS c
 WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY c.relname

-- columns --
-- Columns of these relations in their order. A type outside pg_catalog is not built in: an ETL may drop it. What numbers
-- a column is what its default or identity draws from; pg_get_serial_sequence says what is owned, which may be another.
SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attgenerated <> '', a.attidentity::text, a.atthasdef OR a.attidentity <> '',
       t.typnamespace = 'pg_catalog'::regnamespace
       AND (t.typelem = 0 OR e.typnamespace = 'pg_catalog'::regnamespace),
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
                 WHERE f.adrelid = c.oid AND f.adnum = a.attnum LIMIT 1)))
  FROM pg_class AS c
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_type AS e ON e.oid = t.typelem
 WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY c.relname, a.attnum

-- foreign_keys --
-- Single-column foreign keys between tables of the schema, with what happens on deletion and whether they are enforced.
SELECT con.conname::text, child.relname::text, col.attname::text, parent.relname::text, con.confdeltype::text,
       con.convalidated,
       NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgconstraint = con.oid AND g.tgenabled IN ('D', 'R')),
       key.attname::text
  FROM pg_constraint AS con
  JOIN pg_class AS child ON child.oid = con.conrelid
  JOIN pg_class AS parent ON parent.oid = con.confrelid
  JOIN pg_attribute AS col ON col.attrelid = con.conrelid AND col.attnum = con.conkey[1]
  JOIN pg_attribute AS key ON key.attrelid = con.confrelid AND key.attnum = con.confkey[1]
 WHERE con.contype = 'f' AND array_length(con.conkey, 1) = 1
   AND child.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
   AND parent.relnamespace = child.relnamespace
 ORDER BY child.relname, col.attname, con.conname

-- unique_keys --
-- Unique constraints and indexes with their columns; an expression stands as NULL.
SELECT t.relname::text, x.relname::text,
       array(SELECT a.attname::text
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
               LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum
              WHERE k.place <= i.indnkeyatts ORDER BY k.place),
       i.indisprimary, i.indisvalid AND i.indisready, i.indimmediate, i.indpred IS NOT NULL
  FROM pg_index AS i
  JOIN pg_class AS t ON t.oid = i.indrelid
  JOIN pg_class AS x ON x.oid = i.indexrelid
 WHERE i.indisunique AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
 ORDER BY t.relname, x.relname

-- triggers --
-- Triggers that users made, those of constraints left out.
SELECT t.relname::text, g.tgname::text, g.tgenabled <> 'D'
  FROM pg_trigger AS g
  JOIN pg_class AS t ON t.oid = g.tgrelid
 WHERE NOT g.tgisinternal AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
 ORDER BY t.relname, g.tgname

-- shadows --
-- Where the role's own search path finds these names; a row is a table that hides or replaces ours.
SELECT name, found.oid::regclass::text
  FROM unnest(%(tables)s::text[]) AS name
 CROSS JOIN LATERAL (
        SELECT c.oid, c.relnamespace
          FROM unnest(%(path)s::text[]) WITH ORDINALITY AS p (nspname, place)
          JOIN pg_namespace AS n ON n.nspname = p.nspname
          JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = name
         ORDER BY p.place LIMIT 1) AS found
 WHERE found.relnamespace <> (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)

-- search_path --
-- The schemas in which this role's unqualified names are looked for, temporary tables first.
SELECT array_agg(nspname) FROM (
    SELECT n.nspname::text
      FROM (SELECT 'pg_temp' AS name, 0 AS place
             UNION ALL
            SELECT btrim(p.name, ' "'), p.place
              FROM pg_settings AS s
             CROSS JOIN LATERAL unnest(string_to_array(s.reset_val, ',')) WITH ORDINALITY AS p (name, place)
             WHERE s.name = 'search_path') AS path
      JOIN pg_namespace AS n
        ON n.nspname = CASE path.name WHEN '$user' THEN session_user ELSE path.name END
        OR (path.name = 'pg_temp' AND n.oid = pg_my_temp_schema())
     ORDER BY path.place) AS schemas
