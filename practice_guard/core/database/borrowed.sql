-- save --
-- From here on everything can be undone without touching what the caller did before. Nested ones hide one another.
SAVEPOINT practice_guard

-- back --
-- Undoes everything since the savepoint: rows, locks and settings; an aborted transaction is usable again.
ROLLBACK TO SAVEPOINT practice_guard

-- release --
-- Leaves no savepoint open.
RELEASE SAVEPOINT practice_guard

-- former --
-- The caller's encoding and isolation level, and its values of some settings in their order.
SELECT current_setting('client_encoding'), current_setting('transaction_isolation'),
       (SELECT array_agg(current_setting(u.name) ORDER BY u.place)
          FROM unnest(%(names)s::text[]) WITH ORDINALITY AS u (name, place))

-- set --
-- Sets settings until the transaction ends.
SELECT set_config(u.name, u.value, true) FROM unnest(%(names)s::text[], %(values)s::text[]) AS u (name, value)
