-- server --
-- The server's version, the database's encoding and how its letters sort and fold, and what its sessions begin with: the
-- transaction's own settings are the guard's. Columns that older servers lack are NULL.
SELECT current_setting('server_version'), pg_encoding_to_char(d.encoding), d.datcollate::text, d.datctype::text,
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
       (SELECT json_object_agg(s.name, s.reset_val)::text FROM pg_settings AS s WHERE s.name = ANY (%(settings)s::text[]))
  FROM pg_database AS d
 WHERE d.datname = current_database()

-- written --
-- CHECK and exclusion constraints, foreign keys that lead to other schemas, triggers and rules of tables, as the server
-- writes them, without their names. What a trigger's function does is told by a sum over its text.
SELECT 'constraint', c.conrelid::bigint, c.conname::text, pg_get_constraintdef(c.oid)
  FROM pg_constraint AS c
  JOIN pg_class AS own ON own.oid = c.conrelid
  LEFT JOIN pg_class AS parent ON parent.oid = c.confrelid
 WHERE c.conrelid = ANY (%(tables)s::bigint[]::oid[])
   AND (c.contype IN ('c', 'x') OR (c.contype = 'f' AND parent.relnamespace <> own.relnamespace))
 UNION ALL
SELECT 'trigger', g.tgrelid::bigint, g.tgname::text,
       regexp_replace(pg_get_triggerdef(g.oid), '^CREATE (CONSTRAINT )?TRIGGER .*? (BEFORE|AFTER) ', '\1\2 ')
       || CASE g.tgenabled WHEN 'D' THEN ', disabled' WHEN 'R' THEN ', in replicas only' WHEN 'A' THEN ', always'
               ELSE '' END
       || ', text ' || left(encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex'), 8)
  FROM pg_trigger AS g
  JOIN pg_proc AS p ON p.oid = g.tgfoid
 WHERE g.tgrelid = ANY (%(tables)s::bigint[]::oid[]) AND NOT g.tgisinternal
 UNION ALL
SELECT 'rule', r.ev_class::bigint, r.rulename::text,
       regexp_replace(pg_get_ruledef(r.oid), '^\s*CREATE RULE .*? AS\s+', '')
       || CASE r.ev_enabled WHEN 'D' THEN ', disabled' ELSE '' END
  FROM pg_rewrite AS r
 WHERE r.ev_class = ANY (%(tables)s::bigint[]::oid[]) AND r.ev_type IN ('2', '3', '4')
 ORDER BY 1, 2, 3

-- rows --
-- How many rows a set has.
SELECT count(*) FROM {table} AS t WHERE {condition}
