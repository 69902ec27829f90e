"""Hearing: sound to song map, beats, sections, key, vocal activity."""
