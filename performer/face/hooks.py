"""Where the hook of a song is sung: the short line that stands alone and opens other lines too. Pure."""

from collections.abc import Sequence

from performer.face.lyric_sheet import LyricLine, Lyrics

__all__ = ["hook_times"]

# Words (or syllables, where they are timed) of a hook, and how many lines begin with it at the least.
_SHORTEST, _LONGEST, _LEAST_TIMES = 2, 5, 3


def hook_times(lyrics: Lyrics | None) -> tuple[float, ...]:
    """Seconds at which lines begin that open with the hook; empty where no line is one."""
    if lyrics is None:
        return ()
    lines = [(line.start, _words(line)) for line in lyrics.lines]
    best: list[float] = []
    for _, hook in lines:
        if _SHORTEST <= len(hook) <= _LONGEST:
            sung = [start for start, words in lines if words[: len(hook)] == hook]
            if len(sung) >= _LEAST_TIMES and len(sung) > len(best):
                best = sung
    return tuple(best)


def _words(line: LyricLine) -> Sequence[str]:
    told = [word.text for word in line.words] or line.text.split()
    return [word for word in ("".join(c for c in text.lower() if c.isalnum()) for text in told) if word]
