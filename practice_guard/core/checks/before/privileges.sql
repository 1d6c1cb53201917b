-- rights_on_schemas --
-- Rights on the application's schema, and on the guard's, or to make it where it is not there.
SELECT quote_ident(app.nspname), has_schema_privilege(app.oid, 'USAGE'), guard.oid IS NOT NULL,
       has_schema_privilege(guard.oid, 'USAGE'), has_schema_privilege(guard.oid, 'CREATE'),
       has_database_privilege(current_database(), 'CREATE')
  FROM pg_namespace AS app
  LEFT JOIN pg_namespace AS guard ON guard.nspname = 'practice_guard'
 WHERE app.nspname = %(schema)s::text
