"""The house rules, each a function over source text that is shown to find a planted breach."""
