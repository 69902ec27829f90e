"""Bytes of a lyrics file as text. Songs' words are older than UTF-8: Chinese, Japanese and Western files are told apart
by which reading looks like everyday writing. (Korean in its old encoding cannot be told from GBK so.)"""

from collections.abc import Callable
from dataclasses import dataclass

from performer.face.lyric_sheet import LyricsError

__all__ = ["MAX_BYTES", "decode_text"]

MAX_BYTES = 4_000_000
# A reading that is everyday writing to less than this share is none.
_LEAST = 0.3
_JUDGED = 20_000


def _in_rows(data: bytes, first: int, last: int) -> bool:
    """Two bytes whose first lies in these rows of a character set."""
    return len(data) == 2 and first <= data[0] <= last


def _everyday_gbk(letter: bytes) -> bool:
    return _in_rows(letter, 0xA1, 0xA5) or _in_rows(letter, 0xB0, 0xD7)


def _everyday_shift_jis(letter: bytes) -> bool:
    # Punctuation, kana and the first level of kanji; half-width katakana are one byte and count as no writing.
    return _in_rows(letter, 0x81, 0x83) or _in_rows(letter, 0x88, 0x97)


def _everyday_big5(letter: bytes) -> bool:
    return _in_rows(letter, 0xA1, 0xC6)


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    everyday: Callable[[bytes], bool]


# In order of how often they are met; the first of equals is taken.
_ENCODINGS = (
    _Encoding("gb18030", _everyday_gbk),
    _Encoding("cp932", _everyday_shift_jis),
    _Encoding("big5", _everyday_big5),
)


def _looks_like(text: str, encoding: _Encoding) -> float:
    """Share of the letters beyond ASCII that a writer of this encoding uses every day."""
    letters = [letter for letter in text[:_JUDGED] if not letter.isascii()]
    found = sum(encoding.everyday(letter.encode(encoding.name)) for letter in letters)
    return found / max(len(letters), 1)


def _western(data: bytes) -> str | None:
    """Western European text: its accents stand alone between plain letters."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    accents = [i for i, letter in enumerate(text) if not letter.isascii()]
    alone = sum(1 for i in accents if text[i - 1 : i].isascii() and text[i + 1 : i + 2].isascii())
    letters = sum(text[i].isalpha() or text[i] in "‘’“”–—…«»¡¿´°" for i in accents)
    plain = sum(letter.isascii() and letter.isalpha() for letter in text)
    return text if min(alone, letters) > 0.8 * len(accents) and plain > 2 * len(accents) else None


def decode_text(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, GB 18030 (which holds GBK), Shift JIS, Big5 or Western European.

    Raises:
        LyricsError: none of these.
    """
    if len(data) > MAX_BYTES:
        raise LyricsError(f"this lyrics file has {len(data)} bytes; a song's words fit in {MAX_BYTES}")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        pass
    western = _western(data)
    if western is not None:
        return western
    best, score = "", _LEAST
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding.name)
        except UnicodeDecodeError:
            continue
        found = _looks_like(text, encoding)
        if found > score:
            best, score = text, found
    if not best:
        raise LyricsError("this lyrics file is not text in UTF-8, UTF-16, GBK or Shift JIS; save it as UTF-8")
    return best
