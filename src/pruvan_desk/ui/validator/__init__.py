"""Says of a photo, or of a uuid, what Desk knows of it."""
