-- has_room --
-- Whether the bytes of a text in UTF-8 are a text in the database's own encoding too: in UTF-8 itself, and in those of
-- one byte a letter, where every byte is one. EUC_JP and its like are neither.
SELECT getdatabaseencoding() = 'UTF8' OR pg_encoding_max_length(pg_char_to_encoding(getdatabaseencoding())) = 1

-- first --
-- Digest, version 1, and 5 with lists of parents: SHA-256 over the sorted SHA-256 sums of the rows' canonical texts. Sorting makes the order of the
-- rows not matter while their multiplicity does, and unlike a sum of hashes it cannot be met by other rows.
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(sum, '' ORDER BY sum COLLATE "C"), ''), 'UTF8')), 'hex')
  FROM (SELECT encode(sha256(convert_to(ROW({columns})::text, 'UTF8')), 'hex') AS sum
          FROM {table} AS t WHERE {condition}) AS rows

-- first_both --
-- The same of a copy's own rows, and of all with the guard's columns.
SELECT own.*, whole.* FROM ({own}) AS own, ({whole}) AS whole

-- second --
-- Digest, versions 2, 3 with more columns of team lists, and 4 with lists of other parents: two sums of 64-bit hashes of the rows, and their number, under one SHA-256. A row's hash is that
-- of its values' canonical texts one after another, then, from there on, that of what the guard has noted beside it.
-- The sums are exact, so that the order of the rows does not matter while their multiplicity does, and they are made in
-- parts by parallel workers, without a sort.
-- What it shows: any change that was not aimed at it, save one in about 2 ** 128; be it a letter, a NULL that was an
-- empty text, 1.0 that was 1.00, values that changed places in a row or between rows, or a row lost, added or doubled.
-- What it does not show: rows that somebody has sought out for their sums, for the hash is not a cryptographic one. Who
-- may write here could write another digest as well, under version 1 too; but a digest of version 1 that was noted
-- elsewhere would have shown that, and one of version 2 may not.
-- It is the same on every PostgreSQL (13 to 18), under every collation, in every encoding that `has_room`, and on every
-- machine of the same byte order: the hashes read a text in the machine's words. Elsewhere all rows look changed.
SELECT count(*),
       encode(sha256(convert_to(concat_ws(' ', count(*),
                                          coalesce(sum(hashtextextended(guards COLLATE "C", one)), 0),
                                          coalesce(sum(hashtextextended(guards COLLATE "C", two)), 0)), 'UTF8')), 'hex')
  FROM (
{hashed}
) AS hashed

-- teams --
-- Kept teams. Where the table is of an older version the names of columns that it lacks mean those outside the inner
-- query, which are NULL.
SELECT t.*
  FROM (SELECT NULL::text AS outside_id, NULL::boolean AS active) AS older
 CROSS JOIN LATERAL (SELECT list, id, league, club, series, name, alias, players, outside_id, active
                       FROM practice_guard.team_lists) AS t

-- second_both --
-- The same of a copy's own rows without the guard's columns, as of the table they came from, and of all with them.
SELECT count(*) FILTER (WHERE NOT carried),
       encode(sha256(convert_to(
           concat_ws(' ', count(*) FILTER (WHERE NOT carried),
                     coalesce(sum(hashtextextended('' COLLATE "C", one)) FILTER (WHERE NOT carried), 0),
                     coalesce(sum(hashtextextended('' COLLATE "C", two)) FILTER (WHERE NOT carried), 0)),
           'UTF8')), 'hex'),
       count(*),
       encode(sha256(convert_to(concat_ws(' ', count(*),
                                          coalesce(sum(hashtextextended(guards COLLATE "C", one)), 0),
                                          coalesce(sum(hashtextextended(guards COLLATE "C", two)), 0)), 'UTF8')), 'hex')
  FROM (
{hashed}
) AS hashed

-- hashed --
-- Each row's values under two hashes. An array's hash is a sum over its elements: values exchanged between two rows
-- could leave the sum over the rows what it was, so that it is only ever the seed of another hash, never a summand.
-- Hashed are the bytes of UTF-8. Elsewhere they are read as if they were the database's own, which `has_room` allows.
-- The clock keeps the planner from dissolving a subquery and computing all texts as often as they are read.
SELECT carried,
       CASE getdatabaseencoding()
            WHEN 'UTF8' THEN guards
            ELSE convert_from(convert_to(guards, 'UTF8'), getdatabaseencoding()) END AS guards,
       hash_array_extended(CASE getdatabaseencoding()
            WHEN 'UTF8' THEN texts
            ELSE convert_from(convert_to(texts::text, 'UTF8'), getdatabaseencoding())::text[] END COLLATE "C", 1)
       AS one,
       hash_array_extended(CASE getdatabaseencoding()
            WHEN 'UTF8' THEN texts
            ELSE convert_from(convert_to(texts::text, 'UTF8'), getdatabaseencoding())::text[] END COLLATE "C", 2)
       AS two,
       clock_timestamp() AS apart
  FROM (SELECT ARRAY[{values}] AS texts, {guards} AS guards, {carried} AS carried, clock_timestamp() AS apart
          FROM {table} AS t WHERE {condition}) AS texts
