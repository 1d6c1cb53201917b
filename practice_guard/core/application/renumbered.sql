-- entries --
-- A parent's rows: their ids, and what says which one each is.
SELECT {name}, t.{key}::bigint, jsonb_build_object({said})::text FROM {table} AS t
