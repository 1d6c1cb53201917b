"""What the application's database has: its tables, its teams, and the protected sets in it."""
