"""One function for each thing a person can do. Each answers what changed."""
