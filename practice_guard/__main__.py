"""`python -m practice_guard`."""

from practice_guard.cli import main

if __name__ == "__main__":
    main()
