"""What is kept: the database, its migrations and queries, the photo files, the thumbnail cache."""
