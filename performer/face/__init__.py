"""Lips, eyes and expression from sound, words and time."""
