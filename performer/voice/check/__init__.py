"""Checks recordings of a voice, says what is wrong with them, and cuts them into phrases."""
