"""Integrations, crews and import runs."""
