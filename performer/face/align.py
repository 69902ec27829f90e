"""Which syllable is sung when: written times where there are any, else the best path through what is heard."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.face.hear import HOP, Heard
from performer.face.lyric_sheet import LyricLine, Lyrics
from performer.face.readings import has_kana
from performer.face.syllables import Syllable, syllables_of

__all__ = ["SungSyllable", "sung_syllables", "text_vowels"]

_MOST_PER_SECOND = 9.0
_LINE_EARLY = 0.15
_SKIP = 2
_UNKNOWN = np.log(0.2)
# Cost in nats a step of silence inside a syllable, and of singing inside a rest.
_SILENT_COST = 2.5
# How much the sound still says about the vowel where the words name it: singers colour their vowels.
_SOUND_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class SungSyllable:
    """A syllable with its time in seconds."""

    start: float
    end: float
    syllable: Syllable


def _spread(start: float, end: float, syllables: tuple[Syllable, ...]) -> list[SungSyllable]:
    """Equal shares of a stretch; a diphthong takes half as much again."""
    shares = np.asarray([1.5 if len(s.vowels) > 1 else 1.0 for s in syllables])
    edges = start + (end - start) * np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])
    return [SungSyllable(float(a), float(b), s) for a, b, s in zip(edges[:-1], edges[1:], syllables, strict=True)]


def _by_words(line: LyricLine, japanese: bool | None) -> list[SungSyllable]:
    out: list[SungSyllable] = []
    for i, word in enumerate(line.words):
        whole_before = i == 0 or word.text[:1].isspace() or line.words[i - 1].text[-1:].isspace()
        whole_after = i + 1 == len(line.words) or word.text[-1:].isspace() or line.words[i + 1].text[:1].isspace()
        found = syllables_of(word.text, context=line.text, whole=whole_before and whole_after, japanese=japanese)
        if not found:
            # A held syllable ("~", "-"): the mouth stays as it was.
            held = bool(out) and not word.text.strip(" ~-")
            found = (Syllable(out[-1].syllable.vowels[-1:]) if held else Syllable(),)
        if len(found) > max(_MOST_PER_SECOND * 2.0 * (word.end - word.start), 1.0):
            found = (found[0],)
        out.extend(_spread(word.start, word.end, found))
    return out


def _by_sound(line: LyricLine, heard: Heard, japanese: bool | None) -> list[SungSyllable]:
    """The path of least cost: syllables in order, silence before, after and between them."""
    found = syllables_of(line.text, japanese=japanese)
    first = max(round((line.start - _LINE_EARLY) / HOP), 0)
    last = min(round(line.end / HOP), len(heard.level))
    steps = (last - first) // _SKIP
    if not found or steps < 2 or len(found) > _MOST_PER_SECOND * (line.end - line.start):
        return []
    rows = slice(first, first + steps * _SKIP, _SKIP)
    level = heard.level[rows]
    if float(level.max()) <= 0.1:
        return []
    log_vowels = np.log(heard.vowels[rows] * 0.9 + 0.02)
    count = len(found)
    # State 2k: rest before syllable k; state 2k+1: syllable k; the last state: rest at the end.
    emit = np.empty((steps, 2 * count + 1))
    emit[:, 0::2] = (-_SILENT_COST * level)[:, None] * 2.0 + _UNKNOWN / 2.0
    closed = -_SILENT_COST * np.clip(0.35 - level, 0.0, 1.0) / 0.35
    for k, syllable in enumerate(found):
        best = log_vowels[:, list(syllable.vowels)].max(axis=1) if syllable.vowels else _UNKNOWN
        emit[:, 2 * k + 1] = best + closed
    states = emit.shape[1]
    score = np.full(states, -np.inf)
    score[:2] = emit[0, :2]
    came = np.zeros((steps, states), np.int8)
    jump_ok = np.zeros(states, bool)
    jump_ok[3::2] = True  # from syllable to syllable without a rest
    for t in range(1, steps):
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(jump_ok, np.concatenate([[-np.inf, -np.inf], score[:-2]]), -np.inf)
        choices = np.stack([score, one, two])
        came[t] = np.argmax(choices, axis=0)
        score = choices.max(axis=0) + emit[t]
    state = states - 1 if score[-1] >= score[-2] else states - 2
    if not np.isfinite(score[state]):
        return _spread(line.start, line.end, found)
    path = np.empty(steps, np.int64)
    for t in range(steps - 1, -1, -1):
        path[t] = state
        state -= int(came[t, state])
    out: list[SungSyllable] = []
    for k, syllable in enumerate(found):
        at = np.flatnonzero(path == 2 * k + 1)
        if len(at):
            start = (first + at[0] * _SKIP) * HOP
            out.append(SungSyllable(start, (first + (at[-1] + 1) * _SKIP) * HOP, syllable))
    return out


def sung_syllables(lyrics: Lyrics, heard: Heard) -> list[SungSyllable]:
    """All syllables of the lyrics with times, in order and without overlaps."""
    out: list[SungSyllable] = []
    # A line of Chinese characters alone is Japanese in a song whose other lines are.
    japanese = True if any(has_kana(line.text) for line in lyrics.lines) else None
    for line in lyrics.lines:
        out.extend(_by_words(line, japanese) if line.words else _by_sound(line, heard, japanese))
    out.sort(key=lambda sung: sung.start)
    for i in range(len(out) - 1):
        if out[i].end > out[i + 1].start:
            out[i] = SungSyllable(out[i].start, out[i + 1].start, out[i].syllable)
    return [sung for sung in out if sung.end > sung.start]


def text_vowels(sung: list[SungSyllable], heard: Heard) -> NDArray[np.float64]:
    """(n, 5) the vowels of `heard`, drawn to those of the words where these are known."""
    vowels = heard.vowels.copy()
    for item in sung:
        kinds = list(item.syllable.vowels)
        if not kinds:
            continue
        first, last = round(item.start / HOP), min(round(item.end / HOP), len(vowels))
        # A diphthong stays on its first vowel and turns to the second at the end.
        turn = first + round((last - first) * 0.65) if len(kinds) > 1 else last
        for a, b, kind in ((first, turn, kinds[0]), (turn, last, kinds[-1])):
            vowels[a:b] *= _SOUND_SHARE
            vowels[a:b, kind] += 1.0 - _SOUND_SHARE
    return vowels
