"""What is sung when: the records of a song's lyrics. Reading and writing files is elsewhere.

Times are seconds of media time. The texts of a line's words, joined, give the line's text: spaces stay inside them.
"""

from dataclasses import dataclass

from motion.errors import UserError

__all__ = ["LyricLine", "LyricWord", "Lyrics", "LyricsError"]


class LyricsError(UserError):
    """A lyrics file cannot be used; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class LyricWord:
    """A word or a syllable with its own time."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class LyricLine:
    """A line as it is shown. `words` is empty where the file gives no times inside the line."""

    start: float
    end: float
    text: str
    translation: str = ""
    words: tuple[LyricWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Lyrics:
    """Lines by start time. heard_by_machine: a recogniser wrote them, so expect wrong words."""

    lines: tuple[LyricLine, ...] = ()
    heard_by_machine: bool = False
    title: str = ""
    artist: str = ""

    @property
    def timed_words(self) -> bool:
        """Does any line have times of its own words?"""
        return any(line.words for line in self.lines)

    def line_at(self, t: float) -> int | None:
        """Number of the line sung at time `t`, None between lines."""
        for i, line in enumerate(self.lines):
            if line.start <= t < line.end:
                return i
        return None
