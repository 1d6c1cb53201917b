"""Protected sets and parents whose tables are in other schemas than the application's."""
