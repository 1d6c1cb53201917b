"""The incident to watch: an embedded PostgreSQL, a league of realistic size, an ETL that does the damage."""
