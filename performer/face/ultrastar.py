"""UltraStar TXT: syllables on a grid of quarter beats. Seconds = GAP/1000 + beat * 60 / (BPM * 4).

Of a duet the first singer's part is read, and what both sing (P1, P3). `B beat bpm` changes the tempo on the way.
"""

import math
import re
from dataclasses import dataclass

from performer.face.lyric_sheet import LyricLine, Lyrics, LyricsError, LyricWord

__all__ = ["looks_like_ultrastar", "parse_ultrastar"]

_NOTE = re.compile(r"^([:*FRG])\s+(-?\d{1,9})\s+(\d{1,9})\s+(-?\d{1,9})(?: (.*))?$")
_BREAK = re.compile(r"^-\s*(-?\d{1,9})(?:\s+(-?\d{1,9}))?\s*$")
_TEMPO = re.compile(r"^B\s+(-?\d{1,9})\s+([\d.,]{1,12})\s*$")
_SINGER = re.compile(r"^P\s?([1-9])\s*$")
_HEADER = re.compile(r"^#([A-Za-z0-9]+):(.*)$")
# A header is enough to know the kind: no LRC line begins so.
_KNOWN = re.compile(r"^#(BPM|TITLE|ARTIST|MP3|AUDIO|VERSION|GAP):", re.MULTILINE | re.IGNORECASE)
_GOES_ON = "~-"


@dataclass(slots=True)
class _Phrase:
    """Syllables of a line so far."""

    words: list[LyricWord]

    def add(self, start: float, end: float, text: str) -> None:
        bare = text.strip()
        if self.words and bare and not bare.strip(_GOES_ON):
            # "~": the last syllable is held or moves on to another note.
            last = self.words[-1]
            self.words[-1] = LyricWord(last.start, max(end, last.end), last.text)
            return
        self.words.append(LyricWord(start, end, text.replace("~", "")))


def looks_like_ultrastar(text: str) -> bool:
    """Has the text one of UltraStar's headers?"""
    return _KNOWN.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands behind a header's colon, and on which line."""

    value: str
    line: int


class _Grid:
    """Beats to seconds, with changes of tempo."""

    def __init__(self, headers: dict[str, _Header]) -> None:
        bpm = headers.get("BPM")
        if bpm is None:
            raise LyricsError("UltraStar file without #BPM; add a line like #BPM:240")
        gap = headers.get("GAP", _Header("0", 0))
        self._beat = 0
        self._second = _number(gap.value, "#GAP", gap.line) / 1000.0
        self._step = _step(bpm.value, "#BPM", bpm.line)

    def at(self, beat: int) -> float:
        return self._second + (beat - self._beat) * self._step

    def change(self, beat: int, bpm: str, line: int) -> None:
        self._beat, self._second = beat, self.at(beat)
        self._step = _step(bpm, "the new tempo", line)


def _number(value: str, name: str, line: int) -> float:
    try:
        number = float(value.strip().replace(",", "."))
    except ValueError as error:
        raise LyricsError(f"UltraStar file, line {line}: {name} is '{value[:40]}'; it must be a number") from error
    if not math.isfinite(number):
        raise LyricsError(f"UltraStar file, line {line}: {name} is '{value[:40]}'; it must be a finite number")
    return number


def _step(value: str, name: str, line: int) -> float:
    """Seconds of a quarter beat."""
    bpm = _number(value, name, line)
    if not 1.0 <= bpm <= 100_000.0:
        raise LyricsError(f"UltraStar file, line {line}: {name} is {bpm:g}; it must be above 1")
    return 60.0 / (bpm * 4.0)


def parse_ultrastar(text: str, *, duration: float) -> Lyrics:
    """Read the first singer's part of an UltraStar file, cut to `duration` seconds.

    Raises:
        LyricsError: no or bad #BPM or #GAP, a line that is neither note nor break, nothing inside the song.
    """
    headers: dict[str, _Header] = {}
    phrases: list[_Phrase] = [_Phrase([])]
    grid: _Grid | None = None
    relative = False
    shift = 0
    ours = True
    for number, line in enumerate(text.splitlines(), 1):
        line = line.rstrip("\r\n").lstrip("\ufeff")
        if not line.strip():
            continue
        if header := _HEADER.match(line):
            headers.setdefault(header[1].upper(), _Header(header[2].strip(), number))
            continue
        if grid is None:
            grid = _Grid(headers)
            relative = "RELATIVE" in headers and headers["RELATIVE"].value.lower() == "yes"
        if line.strip() == "E":
            break
        if singer := _SINGER.match(line):
            # One mouth sings the first part and what both sing; parts follow each other in the file.
            ours = singer[1] != "2"
            phrases.append(_Phrase([]))
            shift = 0
        elif note := _NOTE.match(line):
            beat = int(note[2]) + shift
            start, end = grid.at(beat), grid.at(beat + int(note[3]))
            if ours and end > 0.0:
                phrases[-1].add(max(start, 0.0), end, note[5] or "")
        elif pause := _BREAK.match(line):
            phrases.append(_Phrase([]))
            if relative:
                shift += int(pause[2] or pause[1])
        elif tempo := _TEMPO.match(line):
            grid.change(int(tempo[1]) + shift, tempo[2], number)
        else:
            raise LyricsError(f"UltraStar file, line {number}: '{line[:40]}' is neither a note nor a line break")
    found = [phrase.words for phrase in phrases if phrase.words]
    if not found:
        raise LyricsError("UltraStar file without a single note line like ': 0 4 12 la'")
    found.sort(key=lambda words: words[0].start)
    first = found[0][0].start
    if first >= duration:
        raise LyricsError(
            f"the lyrics begin at {first:.1f} s but the song lasts {duration:.1f} s; are they of this song?"
        )
    lines = [line for line in (_line(words, duration) for words in found) if line is not None]
    named = {name: headers[name].value if name in headers else "" for name in ("TITLE", "ARTIST")}
    return Lyrics(tuple(lines), title=named["TITLE"], artist=named["ARTIST"])


def _line(words: list[LyricWord], duration: float) -> LyricLine | None:
    """A phrase in order, without overlaps and inside the song; None when nothing is left."""
    words = sorted((word for word in words if word.start < duration), key=lambda word: word.start)
    if not words:
        return None
    ends = [*(word.start for word in words[1:]), duration]
    kept = [LyricWord(word.start, min(word.end, after), word.text) for word, after in zip(words, ends, strict=True)]
    text = "".join(word.text for word in kept).strip()
    if not kept[-1].end > kept[0].start or not text:
        return None
    return LyricLine(kept[0].start, kept[-1].end, text, "", tuple(kept))
