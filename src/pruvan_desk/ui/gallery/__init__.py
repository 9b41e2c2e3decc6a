"""The QA gallery: grid, single view, marks."""
