"""Who a team is. Pure: asks no database."""
