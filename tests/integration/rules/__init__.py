"""A restore among the rules of the tables that it writes to."""
