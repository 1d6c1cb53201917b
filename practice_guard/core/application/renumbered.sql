-- entries --
-- A parent's rows: their ids, and what says which one each is.
SELECT {name}, {id}, jsonb_build_object({said})::text FROM {table} AS t

-- as_list --
-- The same under the name of a list.
SELECT {list}, e.* FROM (
{entries}
       ) AS e
