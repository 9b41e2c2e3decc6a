"""The projects: table, search, details."""
