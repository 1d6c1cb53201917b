-- look_at_teams --
-- Teams that a person has to look at before anything is changed.
SELECT * FROM {teams} WHERE id IN ({ids});

-- add_unique_key --
-- A unique key over exactly these columns.
ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE ({columns});

-- drop_unique_key --
-- Takes a key away that cannot be relied on, whether it is a constraint or an index.
ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name};
DROP INDEX IF EXISTS {index};

-- give_team --
-- Rows without their team, for a person to find it: an UPDATE with a blank for its id would be valid, and do nothing.
SELECT * FROM {table} WHERE {key} IN ({keys});  -- then set {column} of each: the team that its label names

-- give_league --
-- Rows without their league, for a person to find it.
SELECT * FROM {table} WHERE {key} IN ({keys});  -- then set {column} of each to an id of {leagues}

-- give_parent --
-- Rows whose club, series, player or the like is gone, for a person to find it.
SELECT * FROM {table} WHERE {key} IN ({keys});  -- then set {column} of each to an id of {parents}

-- give_league_of_team --
-- Puts rows in the league of the team they hang on.
UPDATE {table} AS x SET {column} = t.league_id
  FROM {teams} AS t
 WHERE t.id = x.{reference} AND x.{column} IS NULL AND x.{key} IN ({keys});

-- follow_label --
-- Puts rows on the team that their label names, or corrects the label where the team is right.
UPDATE {table} SET {reference} = {named} WHERE {reference} = {own} AND {label} = {says};
-- or, where the team is right and the label wrong:
-- UPDATE {table} SET {label} = {right} WHERE {reference} = {own} AND {label} = {says};

-- add_foreign_key --
-- A foreign key that leaves the rows already there alone; VALIDATE CONSTRAINT checks them later.
ALTER TABLE {table} ADD CONSTRAINT {name}
  FOREIGN KEY ({column}) REFERENCES {parent} (id) NOT VALID;

-- validate_foreign_key --
-- Checks the rows that were there before the key.
ALTER TABLE {table} VALIDATE CONSTRAINT {name};

-- enable_triggers --
-- Lets foreign keys work again; needs a superuser.
ALTER TABLE {table} ENABLE TRIGGER ALL;  -- as a superuser

-- replace_foreign_key --
-- The same key, without an action on deletion.
ALTER TABLE {table} DROP CONSTRAINT {name},
  ADD CONSTRAINT {name} {definition};

-- reset_setting --
-- Takes a setting away wherever a role or database may have it.
ALTER ROLE {role} RESET {setting};
ALTER DATABASE {database} RESET {setting};
ALTER ROLE {role} IN DATABASE {database} RESET {setting};

-- show_trigger --
-- What a trigger does.
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = {name};

-- show_rule --
-- What a rule does.
SELECT definition FROM pg_rules WHERE rulename = {name};

-- disable_trigger --
-- Lets rows through; who made the trigger should say what it is for.
ALTER TABLE {table} DISABLE TRIGGER {name};  -- once its owner agrees

-- disable_rule --
-- The same of a rule.
ALTER TABLE {table} DISABLE RULE {name};  -- once its owner agrees

-- end_session --
-- Ends a session and rolls its transaction back.
SELECT pg_terminate_backend({pid});

-- end_prepared --
-- Prepared transactions have no session; a person decides whether each is committed or rolled back.
SELECT gid, prepared, owner FROM pg_prepared_xacts;  -- then COMMIT PREPARED or ROLLBACK PREPARED, by its gid

-- widen_column --
-- A wider type for a column of ids; it rewrites the table and locks it meanwhile.
ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint;

-- widen_sequence --
-- As many ids as a bigint has.
ALTER SEQUENCE {sequence} AS bigint;
