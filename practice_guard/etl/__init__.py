"""What an ETL calls inside its own connection and transaction (README, "Inside your ETL")."""

from practice_guard.core.errors import HealthError as HealthError
from practice_guard.etl.functions import Protection as Protection
from practice_guard.etl.functions import cleanup_enhanced_backup_tables as cleanup_enhanced_backup_tables
from practice_guard.etl.functions import create_enhanced_practice_time_backup as create_enhanced_practice_time_backup
from practice_guard.etl.functions import protect as protect
from practice_guard.etl.functions import restore_practice_times_with_fallback as restore_practice_times_with_fallback
from practice_guard.etl.functions import validate_etl_safety_preconditions as validate_etl_safety_preconditions
from practice_guard.etl.functions import validate_practice_time_health as validate_practice_time_health
from practice_guard.etl.functions import (
    validate_team_id_preservation_post_etl as validate_team_id_preservation_post_etl,
)
