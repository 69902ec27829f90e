"""Voices: scripts to record one, and the built-in ones."""
