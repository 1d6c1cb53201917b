-- insert_rows --
-- Puts rows back as the snapshot keeps them, under their primary keys and with new references.
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values}
  FROM {whole} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row{followed}{found}
 WHERE p.meant AND p.bucket = 'insert' AND {only}

-- fill_in --
-- Fills in what rows put back point at that was not there when they were.
UPDATE {table} AS t
   SET {assignments}
  FROM {whole} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row{followed}
 WHERE p.meant AND p.bucket = 'insert' AND {only} AND p.put = t.{key}{live_cast}

-- defer --
-- Has foreign keys checked in the end that lead to rows which are put back later.
SET CONSTRAINTS {constraints} DEFERRED

-- restored_right --
-- How many of the rows put back are there, to the letter, under their key, and point where they should.
SELECT count(*)
  FROM {whole} AS p
  JOIN practice_guard.{rows} AS s ON s.guard_row = p.row{followed}
  JOIN {table} AS t ON p.put = t.{key}{live_cast}
 WHERE p.meant AND p.bucket = 'insert' AND {alike} AND {pointing}

-- ledger_rows --
-- The rows of one set that were written and are as they should be, with what they pointed at before and after, and the
-- sum of what they are now. JSON is put together as text: to build it value by value takes twice as long.
SELECT {set}::text, p.bucket, p.row, p.key::text, p.put::text,
       CASE WHEN p.live_key IS NULL THEN 'null'::jsonb ELSE ('[' || concat_ws(',', {before_list}) || ']')::jsonb END,
       ('{{"refs":[' || concat_ws(',', {after_list}) || '],"sum":"'
        || encode(sha256(convert_to(ROW(t.*)::text, 'UTF8')), 'hex') || '"}}')::jsonb
  FROM {whole} AS p
  JOIN {table} AS t ON p.put = t.{key}{live_cast}{kept}{were}
 WHERE {writes} AND {pointing}{noted}{as_kept}

-- were --
-- What rows that will be pointed elsewhere point at by ids that are no numbers, each once.
SELECT DISTINCT {number}, v.value
  FROM {lines} AS p
  JOIN {table} AS t ON p.live_key = t.{key}{live_cast}
 CROSS JOIN LATERAL (VALUES {values}) AS v (value)
 WHERE {writes} AND v.value IS NOT NULL

-- as_were --
-- The id that a row had in one reference.

  LEFT JOIN {were} AS w{place} ON w{place}.id = p.b{place}

-- is_noted --
-- Whether it is known.
 AND (p.b{place} IS NULL OR w{place}.id IS NOT NULL)

-- kept --
-- What the snapshot has of a row that was put back, and whether that is there to the letter.

  LEFT JOIN practice_guard.{rows} AS s ON s.guard_row = p.row AND p.bucket = 'insert'{followed}

-- as_kept --
-- Whether a row that was put back is there to the letter.
 AND (p.bucket <> 'insert' OR {alike})
