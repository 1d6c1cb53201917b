"""A snapshot out of the database and in again, as a file."""
