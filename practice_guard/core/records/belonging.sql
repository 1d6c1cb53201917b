-- of_snapshot --
-- Whether a snapshot, where it is still there, has no table of another schema, but for those that settings named: such a
-- one notes for which schema it was kept.
NOT EXISTS (SELECT FROM practice_guard.snapshot_sets AS o
             WHERE o.snapshot = {snapshot}
               AND coalesce(o.definition ->> 'schema' = {schema}, starts_with(o.definition ->> 'table', {start})) IS FALSE)
