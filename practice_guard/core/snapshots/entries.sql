-- store_all --
-- Keeps all rows of parents under the id of the snapshot that is taken.
INSERT INTO practice_guard.parent_lists (list, parent, id, said)
SELECT %(list)s::text, e.parent, e.id, e.said::jsonb FROM (
{entries}
       ) AS e (parent, id, said)

-- known --
-- Of which parents rows are kept under a list's name.
SELECT DISTINCT parent FROM practice_guard.parent_lists WHERE list = %(list)s::text

-- store_entries --
-- Keeps rows of one parent under a list's name.
INSERT INTO practice_guard.parent_lists (list, parent, id, said)
SELECT %(list)s::text, %(parent)s::text, (e ->> 0)::bigint, (e -> 1)::jsonb
  FROM json_array_elements(%(entries)s::json) AS e

-- kept --
-- Kept rows of parents.
SELECT list, parent, id, said::text
  FROM practice_guard.parent_lists
 WHERE list = ANY (%(lists)s::text[]) AND (%(parents)s::text[] IS NULL OR parent = ANY (%(parents)s::text[]))

-- pointed --
-- The ids that rows have in a reference, each once, under the name of no list.
SELECT '-', {parent}, p.number, jsonb_build_object('', p.text)::text
  FROM (SELECT DISTINCT {number} AS number, {column}::text AS text FROM {table} AS t WHERE {column} IS NOT NULL) AS p

-- older --
-- The same as an older program kept it: as rows of a set, each under the list that its team is of.
SELECT coalesce(t.guard_from -> {reference} ->> 'list', {own}), {parent}, t.{key}::bigint,
       jsonb_build_object({said}, {reference}, coalesce(t.guard_from -> {reference} ->> 'id', t.{column}::text))::text
  FROM practice_guard.{rows} AS t
