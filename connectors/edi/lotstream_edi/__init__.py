"""X12 warehouse shipping orders (940) from an inbox folder."""
