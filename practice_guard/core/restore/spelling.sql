-- joined --
-- The id of what a row shall point at, where there is such a row.

  LEFT JOIN (SELECT {number} AS id, {key} AS value FROM {table} AS o) AS e{place} ON e{place}.id = p.a{place}

-- known --
-- An id that the row has or had, where it is the one.
CASE WHEN {number} = p.a{place} THEN {value}::text END
