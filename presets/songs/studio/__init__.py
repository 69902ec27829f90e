"""A small recording studio: scores in, mixed songs out. Used to make the built-in songs, never while a show runs."""
