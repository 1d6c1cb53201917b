"""The checks before an ETL, a family to a module. Each takes the scene and returns one answer; `safety` runs them."""
