"""Preferences: the office's settings, made from where they are declared."""
