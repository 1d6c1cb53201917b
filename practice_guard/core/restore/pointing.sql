-- let_in --
-- What a foreign key points at.
  LEFT JOIN (SELECT DISTINCT p.{parent_column}{cast} AS key FROM {parent} AS p) AS {alias}
    ON {alias}.key = {of}.{column}{cast}
