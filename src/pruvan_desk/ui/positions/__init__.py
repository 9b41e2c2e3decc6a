"""Where the photos of a project were taken, drawn around the property."""
