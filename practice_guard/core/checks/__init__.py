"""Everything that looks and judges, and writes nothing."""
