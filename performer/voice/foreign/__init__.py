"""Voice models of other projects, run behind the same slot as our own."""
