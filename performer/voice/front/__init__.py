"""In front of a voice: what a microphone brings is made clean, sample by sample, at 48 kHz. No clock and no device."""
