"""A person's file of decisions: read, written, and whether it fits."""
