"""Damage: days on which an import, users and operators do what they do, and a hidden record of who did what."""
