"""A singing voice of our own: glottal pulse, vocal tract, Mandarin and English sounds, phrasing. See README.md."""

from presets.songs.singer.performance import sing, timings
from presets.songs.singer.phones import SyllableError
from presets.songs.singer.phrasing import Note, Phone
from presets.songs.singer.voices import Voice, named

__all__ = ["Note", "Phone", "SyllableError", "Voice", "named", "sing", "timings"]
