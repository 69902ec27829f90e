"""LRC: `[mm:ss.xx]line`, with word times `<mm:ss.xx>` where the file has them.

Seen in the wild and read: several stamps before one line, `mm:ss:xx`, milliseconds, stamps in square brackets
inside the line, an `offset` tag, a second line with the same stamp as its translation, empty lines as ends.
"""

import re
from dataclasses import dataclass

from performer.face.lyric_sheet import LyricLine, Lyrics, LyricsError, LyricWord

__all__ = ["encode_lrc", "parse_lrc"]

_STAMP = r"(\d{1,3}):(\d{1,2})(?:[.:,](\d{1,3}))?"
_LEADING = re.compile(rf"\s*\[{_STAMP}\]")
_INSIDE = re.compile(rf"[<\[]{_STAMP}[>\]]")
_TAG = re.compile(r"^\s*\[([A-Za-z#]{1,16})\s*:(.*)\]\s*$")
_MACHINE = "heard by machine"
# A plain line tells its start only. It is sung no longer than this: slow singing, plus a breath.
_SECONDS_PER_LETTER = 0.35
_LONGEST_LINE = 15.0
_SHORTEST_LINE = 1.5
_SAME_STAMP = 0.005
_LATIN_LETTERS_PER_SYLLABLE = 2.6


@dataclass(frozen=True, slots=True)
class _Row:
    start: float
    text: str
    words: tuple[LyricWord, ...]
    end: float | None


def _seconds(match: re.Match[str], offset: float) -> float:
    minutes, seconds, fraction = match.groups()
    value = int(minutes) * 60.0 + int(seconds)
    if fraction:
        value += int(fraction) / 10.0 ** len(fraction)
    return max(value - offset, 0.0)


def _line_seconds(text: str) -> float:
    """How long a line of this text may be sung at most."""
    latin = sum(letter.isascii() for letter in text)
    syllables = latin / _LATIN_LETTERS_PER_SYLLABLE + (len(text) - latin)
    return min(max(_SECONDS_PER_LETTER * 2.0 * syllables, _SHORTEST_LINE), _LONGEST_LINE)


def _split_words(body: str, line_start: float, offset: float) -> tuple[str, list[LyricWord], float | None]:
    """Text without stamps, the words, and the end that a last stamp gives.

    A word lasts until the next stamp; two stamps in a row hold a rest. The last word's end is its start here.
    """
    pieces: list[LyricWord] = []
    at = line_start
    position = 0
    end: float | None = None
    seen = False
    for match in _INSIDE.finditer(body):
        piece = body[position : match.start()]
        following = max(_seconds(match, offset), at)
        if piece.strip():
            pieces.append(LyricWord(at, following, piece))
        elif piece and pieces:
            last = pieces[-1]
            pieces[-1] = LyricWord(last.start, last.end, last.text + piece)
        at = following
        position = match.end()
        seen = True
    rest = body[position:]
    if rest.strip():
        pieces.append(LyricWord(at, at, rest))
    elif seen:
        end = at
    text = "".join(piece.text for piece in pieces) if seen else body
    return text.strip(), pieces if seen else [], end


def _rows(text: str) -> tuple[list[_Row], dict[str, str]]:
    tags: dict[str, str] = {}
    offset_line = 0
    raw: list[tuple[list[re.Match[str]], str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        stamps: list[re.Match[str]] = []
        position = 0
        while match := _LEADING.match(line, position):
            stamps.append(match)
            position = match.end()
        if stamps:
            raw.append((stamps, line[position:]))
        elif tag := _TAG.match(line):
            tags.setdefault(tag[1].lower(), tag[2].strip())
            if tag[1].lower() == "offset":
                offset_line = offset_line or number
    said = tags.get("offset", "")[:40]
    try:
        offset = float(tags.get("offset", "0").replace("+", "") or 0.0) / 1000.0
    except ValueError as error:
        raise LyricsError(f"LRC, line {offset_line}: the offset says '{said}'; it must be milliseconds") from error
    if not abs(offset) < 3600.0:
        raise LyricsError(f"LRC, line {offset_line}: the offset says {said} ms; under an hour is expected")
    rows: list[_Row] = []
    for stamps, body in raw:
        first = _seconds(stamps[0], offset)
        line_text, pieces, end = _split_words(body, first, offset)
        for stamp in stamps:
            start = _seconds(stamp, offset)
            shift = start - first
            words = [LyricWord(word.start + shift, word.end + shift, word.text) for word in pieces]
            rows.append(_Row(start, line_text, tuple(words), None if end is None else end + shift))
    return rows, tags


def _close_words(words: tuple[LyricWord, ...], end: float) -> tuple[LyricWord, ...]:
    """Words inside the line; the last one lasts until the line's end if it has none of its own."""
    kept = [word for word in words if word.start < end]
    return tuple(
        LyricWord(word.start, end if i + 1 == len(kept) and word.end <= word.start else min(word.end, end), word.text)
        for i, word in enumerate(kept)
    )


def parse_lrc(text: str, *, duration: float) -> Lyrics:
    """Read LRC text, cut to `duration` seconds.

    Raises:
        LyricsError: no stamp in it, a bad offset, or every line after the song's end.
    """
    rows, tags = _rows(text)
    if not rows:
        raise LyricsError("no line with a time like [00:12.50] in it, so this is not an LRC file with times")
    rows.sort(key=lambda row: row.start)
    if rows[0].start >= duration:
        raise LyricsError(
            f"the lyrics begin at {rows[0].start:.1f} s but the song lasts {duration:.1f} s; are they of this song?"
        )
    groups: list[list[_Row]] = []
    for row in rows:
        if groups and row.start - groups[-1][0].start <= _SAME_STAMP:
            groups[-1].append(row)
        else:
            groups.append([row])
    lines: list[LyricLine] = []
    for i, group in enumerate(groups):
        sung = [row for row in group if row.text]
        if not sung or group[0].start >= duration:
            continue
        row, others = sung[0], list(dict.fromkeys(other.text for other in sung[1:] if other.text != sung[0].text))
        following = groups[i + 1][0].start if i + 1 < len(groups) else duration
        end = min(
            following, duration, row.end or (row.words[-1].start if row.words else row.start) + _line_seconds(row.text)
        )
        if not end > row.start:
            continue
        lines.append(LyricLine(row.start, end, row.text, " / ".join(others), _close_words(row.words, end)))
    return Lyrics(tuple(lines), _MACHINE in tags.get("by", ""), tags.get("ti", ""), tags.get("ar", ""))


def _stamp(seconds: float) -> str:
    centis = round(seconds * 100.0)
    return f"{centis // 6000:02d}:{centis // 100 % 60:02d}.{centis % 100:02d}"


def _with_stamps(words: tuple[LyricWord, ...]) -> str:
    out = ""
    for i, word in enumerate(words):
        out += f"<{_stamp(word.start)}>{word.text}"
        if i + 1 < len(words) and _stamp(words[i + 1].start) != _stamp(word.end):
            out += f"<{_stamp(word.end)}>"
    return out


def encode_lrc(lyrics: Lyrics) -> str:
    """Enhanced LRC that a person can edit; an empty stamp ends a line that is followed by a rest."""
    tags = {"ti": lyrics.title, "ar": lyrics.artist, "by": f"nichang, {_MACHINE}" if lyrics.heard_by_machine else ""}
    out = [f"[{name}:{value}]" for name, value in tags.items() if value]
    for i, line in enumerate(lyrics.lines):
        body = _with_stamps(line.words) if line.words else line.text
        out.append(f"[{_stamp(line.start)}]{body}" + (f"<{_stamp(line.end)}>" if line.words else ""))
        if line.translation:
            out.append(f"[{_stamp(line.start)}]{line.translation}")
        following = lyrics.lines[i + 1].start if i + 1 < len(lyrics.lines) else line.end + 1.0
        if following - line.end > 0.2:
            out.append(f"[{_stamp(line.end)}]")
    return "\n".join(out) + "\n"
