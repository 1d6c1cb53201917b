-- missing_on_tables --
-- Which of these rights on tables this role has not; of several rights, one is enough.
SELECT u.place
  FROM unnest(%(tables)s::bigint[], %(rights)s::text[]) WITH ORDINALITY AS u (oid, rights, place)
 WHERE has_table_privilege(u.oid::oid, u.rights) IS NOT TRUE

-- missing_on_sequences --
-- The same for sequences, by their qualified names; asked by oid, since a name needs USAGE on its schema.
SELECT u.place
  FROM unnest(%(sequences)s::text[], %(rights)s::text[]) WITH ORDINALITY AS u (name, rights, place)
  JOIN pg_class AS q ON q.relkind = 'S'
  JOIN pg_namespace AS n ON n.oid = q.relnamespace AND quote_ident(n.nspname) || '.' || quote_ident(q.relname) = u.name
 WHERE has_sequence_privilege(q.oid, u.rights) IS NOT TRUE
 ORDER BY u.place

-- rights_on_schemas --
-- Rights on the application's schema, and on the guard's, or to make it where it is not there.
SELECT has_schema_privilege(app.oid, 'USAGE'), guard.oid IS NOT NULL,
       has_schema_privilege(guard.oid, 'USAGE'), has_schema_privilege(guard.oid, 'CREATE'),
       has_database_privilege(current_database(), 'CREATE')
  FROM pg_namespace AS app
  LEFT JOIN pg_namespace AS guard ON guard.nspname = 'practice_guard'
 WHERE app.nspname = %(schema)s::text

-- guard_tables --
-- The guard's own tables.
SELECT c.oid::bigint, c.relname::text
  FROM pg_class AS c
 WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'practice_guard') AND c.relkind = 'r'
 ORDER BY c.relname
