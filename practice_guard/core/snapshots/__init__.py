"""The rows as they were, in the database and as a file."""
