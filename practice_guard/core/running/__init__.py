"""One process around the ETL."""
