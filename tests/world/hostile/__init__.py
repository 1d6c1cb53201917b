"""Worlds in which imports, users and vandals have been at the rows, drawn from a seed, in a real PostgreSQL."""
