"""The show as a function of time: cues, channels, mixing, camera, light to Frame."""
