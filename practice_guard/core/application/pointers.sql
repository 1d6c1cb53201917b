-- surroundings --
-- Foreign keys between tables of the application's schema, or that settings name, and those of others, each with what happens on deletion,
-- whether it is enforced, and its columns with those that they lead to and their types; and the tables of the schema
-- that inherit another one. Partitions and heirs have no keys of their own here: what they lead to their parents do.
SELECT (SELECT coalesce(json_agg(json_build_array(
               c.oid::bigint, n.nspname::text, c.relname::text, parent.oid::bigint, con.confdeltype::text,
               NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgconstraint = con.oid AND g.tgenabled IN ('D', 'R')),
               (SELECT json_agg(json_build_array(col.attname::text, key.attname::text,
                                                 format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL))
                                ORDER BY k.place)
                  FROM unnest(con.conkey, con.confkey) WITH ORDINALITY AS k (own, their, place)
                  JOIN pg_attribute AS col ON col.attrelid = con.conrelid AND col.attnum = k.own
                  JOIN pg_attribute AS key ON key.attrelid = con.confrelid AND key.attnum = k.their
                  JOIN pg_type AS t ON t.oid = col.atttypid)) ORDER BY n.nspname, c.relname, con.conname), '[]')::text
          FROM pg_constraint AS con
          JOIN pg_class AS c ON c.oid = con.conrelid
          JOIN pg_namespace AS n ON n.oid = c.relnamespace
          JOIN pg_class AS parent ON parent.oid = con.confrelid
          JOIN pg_namespace AS app ON app.nspname = %(schema)s
         WHERE con.contype = 'f'
           AND (c.relnamespace = app.oid OR c.oid = ANY (%(others)s::bigint[]::oid[]))
               <> (parent.relnamespace = app.oid OR parent.oid = ANY (%(others)s::bigint[]::oid[]))
           AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = c.oid)),
       (SELECT coalesce(json_agg(h.inhrelid::bigint), '[]')::text
          FROM pg_inherits AS h
          JOIN pg_class AS c ON c.oid = h.inhrelid AND NOT c.relispartition
          JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname = %(schema)s OR c.oid = ANY (%(others)s::bigint[]::oid[]))
