"""Who performs: voice, face, capture, avatar."""
