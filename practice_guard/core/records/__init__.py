"""What the guard has on record: its mark, the ledger, the runs."""
