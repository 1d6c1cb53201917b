"""practice-guard: keeps what users own on its right team when an ETL recreates every team."""
