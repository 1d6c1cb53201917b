"""The guard's functions for an ETL under the module name that older ETLs import; see README, "Inside your ETL"."""

from practice_guard.etl import (
    cleanup_enhanced_backup_tables,
    create_enhanced_practice_time_backup,
    restore_practice_times_with_fallback,
    validate_etl_safety_preconditions,
    validate_practice_time_health,
    validate_team_id_preservation_post_etl,
)

__all__ = [
    "cleanup_enhanced_backup_tables",
    "create_enhanced_practice_time_backup",
    "restore_practice_times_with_fallback",
    "validate_etl_safety_preconditions",
    "validate_practice_time_health",
    "validate_team_id_preservation_post_etl",
]
