"""From the lines of a voice to a finished sound: levels, places, room, limiter."""
