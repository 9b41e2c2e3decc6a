"""End-to-end tests of the engine: the real one, over real HTTP, against the sandbox and its phones."""
