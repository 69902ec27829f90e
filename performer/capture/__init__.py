"""Camera and trackers to pose and face (the room is ready; the capture issue fills it)."""
