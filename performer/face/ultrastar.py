"""UltraStar TXT: syllables on a grid of quarter beats. Seconds = GAP/1000 + beat * 60 / (BPM * 4)."""

import math
import re
from dataclasses import dataclass

from performer.face.lyric_sheet import LyricLine, Lyrics, LyricsError, LyricWord

__all__ = ["looks_like_ultrastar", "parse_ultrastar"]

_NOTE = re.compile(r"^([:*FRG])\s+(-?\d{1,9})\s+(\d{1,9})\s+(-?\d{1,9})(?: (.*))?$")
_BREAK = re.compile(r"^-\s*(-?\d{1,9})(?:\s+(-?\d{1,9}))?\s*$")
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


def _number(headers: dict[str, str], name: str, default: str | None = None) -> float:
    value = headers.get(name, default)
    if value is None:
        raise LyricsError(f"UltraStar file without #{name}; add a line like #{name}:240")
    try:
        number = float(value.strip().replace(",", "."))
    except ValueError as error:
        raise LyricsError(f"UltraStar file: #{name} is '{value}'; it must be a number") from error
    if not math.isfinite(number):
        raise LyricsError(f"UltraStar file: #{name} is '{value}'; it must be a finite number")
    return number


def parse_ultrastar(text: str, *, duration: float) -> Lyrics:
    """Read the first singer's part of an UltraStar file, cut to `duration` seconds.

    Raises:
        LyricsError: no or bad #BPM or #GAP, a line that is neither note nor break, nothing inside the song.
    """
    headers: dict[str, str] = {}
    phrases: list[_Phrase] = [_Phrase([])]
    beat_seconds = gap = 0.0
    relative = False
    shift = 0
    started = False
    for number, line in enumerate(text.splitlines(), 1):
        line = line.rstrip("\r\n").lstrip("\ufeff")
        if not line.strip():
            continue
        if header := _HEADER.match(line):
            headers.setdefault(header[1].upper(), header[2].strip())
            continue
        if not started:
            bpm = _number(headers, "BPM")
            if not 1.0 <= bpm <= 100_000.0:
                raise LyricsError(f"UltraStar file: #BPM is {bpm:g}; it must be above 1")
            beat_seconds = 60.0 / (bpm * 4.0)
            gap = _number(headers, "GAP", "0") / 1000.0
            relative = headers.get("RELATIVE", "").lower() == "yes"
            started = True
        if line.strip() == "E":
            break
        if re.match(r"^P\s?[2-9]\s*$", line):
            break  # a duet's second singer; one mouth sings the first part
        if re.match(r"^P\s?1\s*$", line):
            continue
        if note := _NOTE.match(line):
            start = gap + (int(note[2]) + shift) * beat_seconds
            end = start + int(note[3]) * beat_seconds
            if end > 0.0:
                phrases[-1].add(max(start, 0.0), end, note[5] or "")
        elif pause := _BREAK.match(line):
            phrases.append(_Phrase([]))
            if relative:
                shift += int(pause[2] or pause[1])
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
    return Lyrics(tuple(lines), title=headers.get("TITLE", ""), artist=headers.get("ARTIST", ""))


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
