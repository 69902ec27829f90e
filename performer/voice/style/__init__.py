"""How a voice is turned before it sounds: height, colour, tuning, second takes, harmony."""
