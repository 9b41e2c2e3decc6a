"""The rules of the business, as plain functions and frozen dataclasses. No input or output here."""
