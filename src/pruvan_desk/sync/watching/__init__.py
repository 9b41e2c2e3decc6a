"""Watch folders: trees that other programs fill are read for new files. Nothing in them is ever changed."""
