"""The command line, and the only place that starts the sandbox."""
