-- save --
-- From here on everything can be undone without touching what the caller did before. Nested ones hide one another.
SAVEPOINT practice_guard

-- undo --
-- Undoes everything since the savepoint: rows, locks and settings; an aborted transaction is usable again. None is left.
ROLLBACK TO SAVEPOINT practice_guard; RELEASE SAVEPOINT practice_guard

-- release --
-- Leaves no savepoint open.
RELEASE SAVEPOINT practice_guard

-- pin --
-- Sets settings until the transaction ends; the caller's encoding and isolation level, and its own values in their order.
WITH former AS MATERIALIZED (
    SELECT u.name, u.value, u.place, current_setting(u.name) AS was
      FROM unnest(%(names)s::text[], %(values)s::text[]) WITH ORDINALITY AS u (name, value, place))
SELECT current_setting('client_encoding'), current_setting('transaction_isolation'), array_agg(was ORDER BY place),
       count(is_now)
  FROM (SELECT was, place, set_config(name, value, true) AS is_now FROM former OFFSET 0) AS pinned

-- set --
-- Sets settings until the transaction ends.
SELECT set_config(u.name, u.value, true) FROM unnest(%(names)s::text[], %(values)s::text[]) AS u (name, value)
