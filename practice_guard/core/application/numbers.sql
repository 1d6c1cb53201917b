-- of_text --
-- The number of an id that is none.
('x' || left(encode(sha256(convert_to({value}::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint
