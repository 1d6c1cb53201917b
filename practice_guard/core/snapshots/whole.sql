-- copy_table --
-- Copies the rows of one of the ETL's own tables, but for those that protected sets hold, into a table of the snapshot's.
CREATE TABLE practice_guard.{rows} AS
SELECT row_number() OVER () AS guard_row, false AS guard_carried, NULL::jsonb AS guard_from, {values}
  FROM {table} AS t
 WHERE {condition};
ALTER TABLE practice_guard.{rows} ADD PRIMARY KEY (guard_row), ALTER guard_carried SET NOT NULL
