-- role --
-- Whether this role may turn foreign keys and triggers off for its session, and how they are set.
SELECT r.rolsuper, current_setting('session_replication_role') FROM pg_roles AS r WHERE r.rolname = current_user

-- turn --
-- How foreign keys and triggers are set until the transaction ends.
SET LOCAL session_replication_role = {role}

-- keys --
-- The foreign keys of these tables, and of others that lead to them: the table, the name, how it is made, what it leads
-- to, and the columns on both sides.
SELECT c.oid::bigint, format('%%I.%%I', cn.nspname, c.relname), quote_ident(k.conname), pg_get_constraintdef(k.oid),
       obj_description(k.oid, 'pg_constraint'), format('%%I.%%I', pn.nspname, p.relname),
       ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.conkey) WITH ORDINALITY AS n (number, place)
               JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = n.number ORDER BY n.place),
       ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.confkey) WITH ORDINALITY AS n (number, place)
               JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = n.number ORDER BY n.place)
  FROM pg_constraint AS k
  JOIN pg_class AS c ON c.oid = k.conrelid
  JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
  JOIN pg_class AS p ON p.oid = k.confrelid
  JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
 WHERE k.contype = 'f' AND k.conparentid = 0
   AND (k.conrelid = ANY (%(tables)s::bigint[]::oid[]) OR k.confrelid = ANY (%(tables)s::bigint[]::oid[]))
 ORDER BY 2, 3

-- triggers --
-- The triggers of these tables that are on: the table, the name, and how.
SELECT format('%%I.%%I', n.nspname, c.relname), quote_ident(t.tgname),
       CASE t.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END
  FROM pg_trigger AS t
  JOIN pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgrelid = ANY (%(tables)s::bigint[]::oid[])
 ORDER BY 1, 2

-- hush --
-- A table's triggers do not fire.
ALTER TABLE {table} DISABLE TRIGGER USER

-- wake --
-- A trigger fires as it did.
ALTER TABLE {table} {how} TRIGGER {trigger}

-- let_go --
-- A foreign key is not checked, and deletes nothing.
ALTER TABLE {table} DROP CONSTRAINT {name}

-- hold --
-- It is checked, for all rows, and does what it did.
ALTER TABLE {table} ADD CONSTRAINT {name} {definition}

-- describe --
-- What people said of it.
COMMENT ON CONSTRAINT {name} ON {table} IS {words}

-- adrift --
-- The values with which rows of a table lead nowhere by a foreign key, as text: each once, with how many rows.
SELECT ROW({values})::text, count(*)
  FROM {table} AS t
 WHERE {condition} AND {filled} AND NOT EXISTS (SELECT FROM {parent} AS p WHERE {same})
 GROUP BY 1
