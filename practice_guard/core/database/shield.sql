-- shield --
-- From here on an error does not end the transaction: a check that is refused something must not end the others.
SAVEPOINT practice_guard_check

-- back_to_shield --
-- Makes the transaction usable again after an error.
ROLLBACK TO SAVEPOINT practice_guard_check
