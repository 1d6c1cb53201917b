"""How PostgreSQL is spoken to; the only wing that imports a driver."""
