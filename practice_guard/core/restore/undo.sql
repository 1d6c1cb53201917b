-- defer --
-- Has a foreign key checked in the end by which rows that go hang on such as go before them.
SET CONSTRAINTS {constraint} DEFERRED

-- let_go --
-- Points rows that go at nothing, so that what they hang on may go before them.
UPDATE {table} AS t SET {emptied}
  FROM {lines} AS p
 WHERE p.live_key IS NULL AND {writes} AND p.put = t.{key}{live_cast}

-- take_out --
-- Removes rows that a restore put in.
DELETE FROM {table} AS t USING {lines} AS p
 WHERE p.live_key IS NULL AND {writes} AND p.put = t.{key}{live_cast}

-- standing --
-- How many of those are still there.
SELECT count(*)
  FROM {lines} AS p
  JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE p.live_key IS NULL

-- gone --
-- How many of those, or of some of them, are not.
SELECT count(*)
  FROM {lines} AS p
  LEFT JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE p.live_key IS NULL AND {writes} AND t.{key} IS NULL

-- left --
-- The rows of one set that stay, as the entry that wrote them keeps them, with the sum of what they are now.
SELECT r.set_name, r.action, r.snapshot_row, r.old_key, r.new_key, r.before,
       jsonb_set(r.after, '{{sum}}', to_jsonb(encode(sha256(convert_to(ROW(t.*)::text, 'UTF8')), 'hex')))
  FROM practice_guard.ledger_rows AS r
  JOIN {lines} AS p ON p.row = r.snapshot_row
  JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE r.ledger = {source} AND r.set_name = {set} AND (p.stays IS NOT NULL OR p.refused IS NOT NULL)
