-- of_snapshot --
-- Whether a snapshot, where it is still there, has no table of another schema.
NOT EXISTS (SELECT FROM practice_guard.snapshot_sets AS o
             WHERE o.snapshot = {snapshot} AND starts_with(o.definition ->> 'table', {start}) IS FALSE)
