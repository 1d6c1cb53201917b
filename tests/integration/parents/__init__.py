"""Whatever an import renumbers, and what hangs on it, on a real PostgreSQL."""
