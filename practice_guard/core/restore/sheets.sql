-- of_a_list --
-- Where the teams or leagues of the lists lead, in the shape in which rows that others hang on are given.
SELECT list, old, id, evidence, fate, given_up, false AS deleted, false AS is_row, NULL::smallint AS team_list,
       NULL::bigint AS team, NULL::text AS team_evidence, NULL::text AS team_fate
  FROM {table}

-- nowhere --
-- The same of what the snapshot does not have.
SELECT NULL::smallint AS list, NULL::bigint AS old, NULL::bigint AS id, NULL::text AS evidence, NULL::text AS fate,
       false AS given_up, false AS deleted, false AS is_row, NULL::smallint AS team_list, NULL::bigint AS team,
       NULL::text AS team_evidence, NULL::text AS team_fate

-- ids --
-- The ids that there are in a table.
SELECT DISTINCT {key}::bigint AS id FROM {table}

-- let_in --
-- What a foreign key points at.
  LEFT JOIN (SELECT DISTINCT p.{parent_column}{cast} AS key FROM {parent} AS p) AS {alias}
    ON {alias}.key = {of}.{column}{cast}
