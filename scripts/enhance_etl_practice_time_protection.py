#!/usr/bin/env python3
"""The monitoring script: the guard's commands under the flags that engineers have in their notes."""

from __future__ import annotations

import argparse
import sys

from practice_guard import cli

COMMANDS = {
    "validate_etl_safety": ["validate-safety"],
    "create_enhanced_backup": ["backup"],
    "test_fallback_restoration": ["restore", "--dry-run"],
}
"""What each flag runs, in the order in which they run."""


def main() -> int:
    """Run the commands asked for, until one of them does not end with 0, and return the last one's status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--validate-etl-safety", action="store_true", help="may the ETL run? (validate-safety)")
    parser.add_argument("--create-enhanced-backup", action="store_true", help="take a snapshot (backup)")
    parser.add_argument(
        "--test-fallback-restoration", action="store_true", help="show what would be restored (restore --dry-run)"
    )
    parser.add_argument("--environment", choices=["local", "staging", "production"], help="which database")
    options = parser.parse_args()
    asked = [command for flag, command in COMMANDS.items() if getattr(options, flag)]
    if not asked:
        parser.error("nothing to do: give at least one of the first three flags")
    status = 0
    for command in asked:
        status = _run([*command, *(["--environment", options.environment] if options.environment else [])])
        if status:
            break
    return status


def _run(arguments: list[str]) -> int:
    sys.argv = ["practice-guard", *arguments]
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
