-- began --
-- When the transaction began that is open, in seconds since 1970.
SELECT extract(epoch FROM transaction_timestamp())::float8
