"""The band: notes of the score to one sound for each instrument, dry and humanised."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets.songs.studio.electronic import DRUMS, RATE, SYNTHS
from presets.songs.studio.errors import ScoreError
from presets.songs.studio.parts import Hit
from presets.songs.studio.score import Score
from presets.songs.studio.soundfont import Played, render_program
from presets.songs.studio.transitions import TRANSITIONS

__all__ = ["play_instrument", "play_transitions", "random_for"]

_VARIANTS = 3
"""Drum strokes of one force: enough that a roll does not sound like a machine gun."""
_STEPS = 6


def random_for(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each instrument, so that a new one changes no other."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _add(out: NDArray[np.float64], at: float, sound: NDArray[np.float64]) -> None:
    first = max(0, round(at * RATE))
    part = out[first : first + len(sound)]
    part += sound[: len(part)]


def play_instrument(score: Score, name: str, hits: Sequence[Hit], samples: int, seed: int) -> NDArray[np.float64]:
    """(samples, 2) one instrument.

    Raises:
        ScoreError: an instrument that is played by nothing we have.
    """
    data: dict[str, Any] = score.table["instrument"][name]
    rng = random_for(seed, name)
    source, _, what = str(data["play"]).partition(":")
    loose = float(data.get("loose_ms", 4.0)) / 1000.0
    # A bow takes its time: slow instruments begin ahead of the beat, as players do.
    early = float(data.get("early_ms", 0.0)) / 1000.0
    starts = [
        max(0.0, score.seconds(h.start) - early + float(np.clip(rng.normal(0.0, loose), -2 * loose, 2 * loose)))
        for h in hits
    ]
    forces = [float(np.clip(h.force * rng.normal(1.0, 0.06), 0.05, 1.0)) for h in hits]
    lengths = [score.seconds(h.start + h.length) - score.seconds(h.start) for h in hits]
    if source in ("gm", "gmdrum"):
        played = [
            Played(start, length, h.pitch or int(data.get("pitch", 60)), max(1, min(127, round(20 + 104 * force))))
            for start, length, force, h in zip(starts, lengths, forces, hits, strict=True)
        ]
        return render_program(played, int(what or 0), samples, drums=source == "gmdrum")
    out = np.zeros((samples, 2))
    if source == "drum" and what in DRUMS:
        strokes = {(step, v): DRUMS[what]((step + 1) / _STEPS, rng) for step in range(_STEPS) for v in range(_VARIANTS)}
        for i, (start, force) in enumerate(zip(starts, forces, strict=True)):
            step = min(_STEPS - 1, int(force * _STEPS))
            _add(out, start, strokes[step, i % _VARIANTS] * (force * _STEPS / (step + 1)))
        return out
    if source == "synth" and what in SYNTHS:
        for h, start, force, length in zip(hits, starts, forces, lengths, strict=True):
            _add(out, start, SYNTHS[what](h.pitch, length, force, rng) * force)
        return out
    raise ScoreError(f"instrument {name} plays {data['play']!r}; write gm:0..127, gmdrum:0, synth:NAME or drum:NAME")


def play_transitions(score: Score, samples: int, seed: int) -> NDArray[np.float64]:
    """(samples, 2) risers and the like, each filling its bars.

    Raises:
        ScoreError: an effect that is not known.
    """
    rng, out = random_for(seed, "transitions"), np.zeros((samples, 2))
    for section in score.sections:
        for spot in section.effects:
            if spot.name not in TRANSITIONS:
                raise ScoreError(f"{section.name}: no effect {spot.name!r}; there are {', '.join(TRANSITIONS)}")
            first = score.seconds((section.first_bar + spot.first - 1) * score.beats)
            end = score.seconds((section.first_bar + spot.last) * score.beats)
            _add(out, first, TRANSITIONS[spot.name](end - first, rng))
    return out
