"""Pruvan Desk: orders in, evidence checked, results out, and nothing lost on the way."""

__version__ = "0.1.0"
