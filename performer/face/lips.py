"""Mouth from sound, or from sound and words: how far open, and in which of five vowels.

The mouth's weights are VRM's five vowel presets alone: their sum is at most 1 and 0 is closed. A model that binds
them gets nothing else for its mouth. A model that has only ARKit shapes gets `arkit_from_vowels` of the same
weights instead; both at once would open the jaw twice.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import Curve
from performer.face.align import SungSyllable, sung_syllables, text_vowels
from performer.face.hear import HOP, Heard, hear
from performer.face.lyric_sheet import Lyrics
from performer.face.mouth import mouth_weights
from performer.face.track import ARKIT, EXPRESSION_INDEX, MOUTH, FaceTrack, rest_face

__all__ = ["ARKIT_OF_VOWEL", "arkit_from_vowels", "lips_from_lyrics", "lips_from_sound"]

# What ARKit's shapes show for each vowel at full weight, as (aa, ih, ou, ee, oh).
ARKIT_OF_VOWEL: dict[str, tuple[float, float, float, float, float]] = {
    "jawOpen": (0.70, 0.18, 0.16, 0.32, 0.46),
    "mouthFunnel": (0.00, 0.00, 0.40, 0.00, 0.45),
    "mouthPucker": (0.00, 0.00, 0.60, 0.00, 0.20),
    "mouthStretchLeft": (0.05, 0.30, 0.00, 0.22, 0.00),
    "mouthStretchRight": (0.05, 0.30, 0.00, 0.22, 0.00),
    "mouthLowerDownLeft": (0.25, 0.20, 0.00, 0.25, 0.10),
    "mouthLowerDownRight": (0.25, 0.20, 0.00, 0.25, 0.10),
    "mouthUpperUpLeft": (0.15, 0.12, 0.00, 0.15, 0.05),
    "mouthUpperUpRight": (0.15, 0.12, 0.00, 0.15, 0.05),
}

# Around written words, where a mix may still open the mouth.
_MARGIN = 0.08
# A recogniser's times are rougher: the sound decides more.
_HEARD_MARGIN = 0.4
# A written syllable opens the mouth at least so far, however buried it is in the mix.
_LEAST_OPEN = 0.38
# ... for so long, then fading: files hold last words for seconds that nobody sings.
_LEAST_FOR = 0.7
# The last syllable before a rest: the mouth stays at least so far open until the note ends, and a little longer, as
# singers' do; but so long before the next syllable it is over. Level; seconds.
_LAST_OPEN, _LINGER, _REST_LEFT = 0.56, 0.26, 0.12
_ONSET, _LAST_FOR = 0.05, 2.8
# So long before its written end a voice begins to fall off, and at most this share of the syllable.
_FADES, _FADES_SHARE = 0.12, 0.3
# Lips meet for m, b, p: from a little before the syllable until just after its start.
_LIPS_MEET, _LIPS_PART = 0.05, 0.01
_SHORTEST_CLOSING = 0.12


def arkit_from_vowels(vowels: NDArray[np.floating]) -> NDArray[np.float32]:
    """ARKit's mouth for weights of the five vowels.

    Args:
        vowels: (..., 5) in the order of MOUTH.

    Returns: (..., 52) in the order of ARKIT, other columns 0.
    """
    matrix = np.zeros((len(MOUTH), len(ARKIT)))
    for name, amounts in ARKIT_OF_VOWEL.items():
        matrix[:, ARKIT.index(name)] = amounts
    return np.clip(np.asarray(vowels) @ matrix, 0.0, 1.0).astype(np.float32)


def _as_track(mouth: NDArray[np.float64]) -> FaceTrack:
    face = rest_face(len(mouth))
    first = EXPRESSION_INDEX[MOUTH[0]]
    face.weights[:, first : first + len(MOUTH)] = mouth
    return face


def lips_from_sound(sound: NDArray[np.floating[Any]], rate: int, *, frames: int, vocal: Curve | None) -> FaceTrack:
    """The mouth of whoever sings in a sound.

    Args:
        sound: (samples,) or (samples, channels): a vocal alone or a mix; two channels of a mix help.
        rate: Hz.
        frames: how many frames of the player grid to make.
        vocal: where somebody sings; None says that the sound is a vocal alone.
    """
    return _as_track(mouth_weights(hear(sound, rate, vocal=vocal), frames=frames))


@dataclass(frozen=True, slots=True)
class _Lingering:
    """A syllable that is held into the rest after it.

    sung: with the time that it is held. written_end: when the words say that it ends, seconds.
    """

    sung: SungSyllable
    written_end: float

    @property
    def sounds_last(self) -> float:
        """When its last sound stands: after the turn of a diphthong, before the voice falls off. Seconds."""
        return self.written_end - min(_FADES, _FADES_SHARE * (self.written_end - self.sung.start))


def _lingering(written: Sequence[SungSyllable]) -> tuple[list[SungSyllable], list[_Lingering]]:
    """All syllables, those before a rest a little longer; and these by themselves.

    Syllables after which the lips meet end as they are written.
    """
    out: list[SungSyllable] = []
    last: list[_Lingering] = []
    starts = [*(item.start for item in written[1:]), math.inf]
    for item, following in zip(written, starts, strict=True):
        end = min(item.end + _LINGER, following - _REST_LEFT)
        if end > item.end and not item.syllable.closes_after:
            out.append(SungSyllable(item.start, end, item.syllable))
            last.append(_Lingering(out[-1], item.end))
        else:
            out.append(item)
    return out, last


def lips_from_lyrics(
    lyrics: Lyrics, sound: NDArray[np.floating[Any]], rate: int, *, frames: int, vocal: Curve | None
) -> FaceTrack:
    """The mouth of whoever sings known words: the words say when and which vowel, the sound how much."""
    heard = hear(sound, rate, vocal=vocal)
    written = sung_syllables(lyrics, heard)
    if not written:
        return _as_track(mouth_weights(heard, frames=frames))
    sung, last = (written, list[_Lingering]()) if lyrics.heard_by_machine else _lingering(written)
    level = heard.level.copy()
    if vocal is not None:
        # In a mix the words know better than the ear where nobody sings.
        margin, least = (_HEARD_MARGIN, 0.0) if lyrics.heard_by_machine else (_MARGIN, _LEAST_OPEN)
        inside = np.zeros(len(level), bool)
        for item in sung:
            inside[max(round((item.start - margin) / HOP), 0) : round((item.end + margin) / HOP)] = True
        level[~inside] = 0.0
        for item in sung:
            part = slice(round(item.start / HOP), min(round(item.end / HOP), len(level)))
            faded = np.clip((np.arange(len(level[part])) * HOP - _LEAST_FOR) / _LEAST_FOR, 0.0, 1.0)
            level[part] = np.maximum(level[part], least * (1.0 - faded))
    for held in last:
        # Files hold last words for seconds that nobody sings: what is long may fade before its end.
        start, end = held.sung.start, min(held.sung.end, held.sung.start + _LAST_FOR)
        part = slice(round((start + _ONSET) / HOP), round(end / HOP))
        level[part] = np.maximum(level[part], _LAST_OPEN)
    closures = np.zeros(len(level))
    for item in sung:
        if item.end - item.start < _SHORTEST_CLOSING:
            continue
        for wanted, at in ((item.syllable.closes, item.start), (item.syllable.closes_after, item.end)):
            if wanted:
                closures[max(round((at - _LIPS_MEET) / HOP), 0) : round((at + _LIPS_PART) / HOP)] = 1.0
    # As written: a diphthong turns while it is sung, not in the rest after it.
    vowels = text_vowels(written, heard)
    for held in last:
        # What fades is the vowel that was sung, not what a hall or an instrument sounds like after it.
        stands = min(round(held.sounds_last / HOP), len(vowels) - 1)
        vowels[stands : round(held.sung.end / HOP)] = vowels[stands]
    # Words vouch for short phrases, so none is dropped as a stray sound.
    spoken = Heard(level, vowels, "words")
    return _as_track(mouth_weights(spoken, frames=frames, closures=closures))
