"""The linter of a set of segments."""
