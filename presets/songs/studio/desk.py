"""The mixing desk: the band and the singer to one finished stereo sound and its stems."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets.songs.studio.band import play_instrument, play_transitions, random_for
from presets.songs.studio.choir import Choir, sing_all
from presets.songs.studio.effects import (
    compressed,
    deessed,
    duck_curve,
    echoes,
    envelope,
    from_db,
    limited,
    loudness_lufs,
    low_mono,
    peaking,
    room,
    shelf,
    true_peak,
)
from presets.songs.studio.electronic import RATE, filtered
from presets.songs.studio.parts import play_all
from presets.songs.studio.score import Score

__all__ = ["LOUDNESS_LUFS", "REFERENCE_LUFS", "Mixed", "mix_song"]

Array = NDArray[np.float64]
LOUDNESS_LUFS = -14.0
CEILING_DB = -1.6
"""The encoder adds up to half a decibel of peaks: shipped files stay below -1 dBTP."""
REFERENCE_LUFS = -20.0
"""Where `level = 0` lies before the master."""
_POCKET_HZ = (1800.0, 4200.0)
_TAIL = 2.6
_RING = 4.0
"""Seconds for which an instrument may sound on after its last note."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """total: (samples, 2) the song. vocal: (samples,) the voice alone, or None. stems: by name, (samples, 2), in sum
    about the song before its limiter. log: loudness of dry stems and voices before the master, LUFS."""

    total: Array
    vocal: Array | None
    stems: dict[str, Array]
    log: dict[str, float]


def _curve(score: Score, samples: int, values: list[tuple[float, float]]) -> Array:
    """(samples, 1) a line from the first to the second value of each section."""
    points: list[float] = []
    levels: list[float] = []
    for section, (first, last) in zip(score.sections, values, strict=True):
        start = score.seconds(section.first_bar * score.beats)
        end = score.seconds((section.first_bar + section.bars) * score.beats)
        points += [start, end - 0.02]
        levels += [first, last]
    return np.interp(np.arange(samples) / RATE, points, levels)[:, None]


def _swept(sound: Array, bright: Array) -> Array:
    """A filter that opens with the section: 0 is muffled, 1 is open."""
    dark, middle = filtered(sound, "low", 420.0), filtered(sound, "low", 2200.0)
    x = np.clip(bright, 0.0, 1.0) * 2.0
    return dark * np.clip(1.0 - x, 0.0, 1.0) + middle * (1.0 - np.abs(x - 1.0)) + sound * np.clip(x - 1.0, 0.0, 1.0)


def _placed(sound: Array, pan: float, width: float) -> Array:
    """Width of the sides, then balance with constant power."""
    middle, side = sound.mean(axis=1), (sound[:, 0] - sound[:, 1]) / 2.0 * width
    angle = (pan + 1.0) * np.pi / 4.0
    left, right = np.sqrt(2.0) * np.cos(angle), np.sqrt(2.0) * np.sin(angle)
    return np.stack([(middle + side) * left, (middle - side) * right], axis=1)


def _channel(sound: Array, data: dict[str, Any], bright: Array) -> Array:
    """One strip: filters, bells, place, level."""
    if data.get("highpass"):
        sound = filtered(sound, "high", float(data["highpass"]))
    if data.get("lowpass"):
        sound = filtered(sound, "low", float(data["lowpass"]))
    for hz, gain_db, q in data.get("bells", []):
        sound = peaking(sound, hz, gain_db, q)
    if data.get("sweep"):
        sound = _swept(sound, bright)
    sound = _placed(sound, float(data.get("pan", 0.0)), float(data.get("width", 1.0)))
    loud = loudness_lufs(sound)
    return sound * from_db(REFERENCE_LUFS + float(data.get("level", -6.0)) - loud) if loud > -69.0 else sound


def mix_song(score: Score, seed: int) -> Mixed:
    """The whole song.

    Raises:
        UserError: a score that cannot be played, or FluidSynth is missing.
    """
    mix: dict[str, Any] = score.table.get("mix", {})
    bars = sum(section.bars for section in score.sections)
    samples = int((score.seconds(bars * score.beats) + float(mix.get("tail", _TAIL))) * RATE)
    instruments: dict[str, dict[str, Any]] = score.table["instrument"]
    hits = play_all(score)
    bright = _curve(score, samples, [section.bright for section in score.sections])
    rides: dict[str, float] = mix.get("ride_db", {})
    ride = 10.0 ** (
        _curve(score, samples, [(rides.get(s.name, 0.0), rides.get(s.name, 0.0)) for s in score.sections]) / 20.0
    )
    kicks = [score.seconds(h.start) for name in mix.get("duck_by", ["kick"]) for h in hits.get(name, [])]
    pump = duck_curve(samples, kicks, float(mix.get("duck_seconds", 0.3)))
    stems = {name: np.zeros((samples, 2)) for name in ("drums", "bass", "music")}
    near, far, echoed = (np.zeros((samples, 2)) for _ in range(3))
    for name, notes in hits.items():
        data = instruments[name]
        first = max(0, int((score.seconds(notes[0].start) - 0.2) * RATE))
        end = int((score.seconds(max(h.start + h.length for h in notes)) + _RING) * RATE)
        here = slice(first, min(end, samples))
        sound = _channel(play_instrument(score, name, notes, samples, seed)[here], data, bright[here])
        sound *= (1.0 - float(data.get("duck", 0.0)) * pump[here]) * ride[here]
        stems[data.get("stem", "music")][here] += sound
        for send, bus, usual in (("room", near, 0.05), ("hall", far, 0.0), ("echo", echoed, 0.0)):
            if share := float(data.get(send, usual)):
                bus[here] += share * sound
    passing = play_transitions(score, samples, seed)
    if np.any(passing):
        passing = _channel(passing, mix.get("transitions", {"level": -9.0}), bright)
        stems["music"] += passing
        far += 0.15 * passing
    log = {name: loudness_lufs(stem) for name, stem in stems.items()}
    choir = sing_all(score, samples, seed)
    if choir is not None:
        sung: dict[str, float] = mix.get("vocal_ride_db", {})
        ride = 10.0 ** (
            _curve(score, samples, [(sung.get(s.name, 0.0), sung.get(s.name, 0.0)) for s in score.sections]) / 20.0
        )
        log["vocal"], log["backing"] = _add_voices(choir, mix, ride, stems, near, far, echoed)
    rng = random_for(seed, "rooms")
    echo_seconds = float(mix.get("echo_beats", 0.75)) * 60.0 / score.bpms[0]
    wet_echo = echoes(echoed, echo_seconds, float(mix.get("echo_feedback", 0.45)))
    stems["music"] += room(near, float(mix.get("room_seconds", 0.8)), 0.008, rng)
    stems["music"] += room(far + 0.3 * wet_echo, float(mix.get("hall_seconds", 2.3)), 0.028, rng, 5200.0) + wet_echo
    stems["drums"] = compressed(stems["drums"], -9.0, 2.5, 0.012, 0.1)
    if choir is not None:
        # Where the singer is, the band steps back a little in the range that carries the words.
        follow = np.clip(envelope(stems["vocal"], 0.02, 0.18) / 0.12, 0.0, 1.0)
        depth = 1.0 - from_db(-float(mix.get("pocket_db", 3.0)))
        stems["music"] -= filtered(stems["music"], "band", _POCKET_HZ, 1) * depth * follow
    total = np.sum(list(stems.values()), axis=0)
    end = float(mix.get("fade", 0.8))
    fade = np.clip((samples / RATE - np.arange(samples) / RATE) / end, 0.0, 1.0)[:, None] ** 1.5
    total, gain = _mastered(low_mono(filtered(total, "high", 27.0), 130.0) * fade, mix)
    return Mixed(
        total=total,
        vocal=None if choir is None else 0.8 * choir.lead / np.abs(choir.lead).max(),
        stems={name: stem * gain * fade for name, stem in stems.items()},
        log=log,
    )


def _add_voices(
    choir: Choir, mix: dict[str, Any], ride: Array, stems: dict[str, Array], near: Array, far: Array, echoed: Array
) -> tuple[float, float]:
    """Lead in the middle, doubles and harmonies to the sides; returns their loudness."""
    lead = np.repeat(choir.lead[:, None], 2, axis=1)
    lead = compressed(filtered(lead, "high", 120.0), -20.0, 3.0, 0.006, 0.1)
    lead = shelf(peaking(lead, 300.0, -2.0, 0.9), 7000.0, float(mix.get("vocal_air_db", 2.0)))
    for hz, gain_db, q in mix.get("vocal_bells", []):
        lead = peaking(lead, hz, gain_db, q)
    lead = deessed(lead, 5200.0, float(mix.get("vocal_hiss", 0.2)))
    lead *= from_db(REFERENCE_LUFS + float(mix.get("vocal_db", 0.0)) - loudness_lufs(lead)) * ride
    side = filtered(choir.backing, "high", 260.0)
    loud = loudness_lufs(side)
    if loud > -69.0:
        side = compressed(side, -26.0, 3.0, 0.008, 0.12)
        side *= from_db(REFERENCE_LUFS + float(mix.get("backing_db", -8.0)) - loudness_lufs(side))
    stems["vocal"] = lead + side
    near += 0.22 * lead + 0.2 * side
    far += 0.13 * lead + 0.22 * side
    echoed += float(mix.get("vocal_echo", 0.14)) * lead
    return loudness_lufs(lead), loudness_lufs(side)


def _mastered(sound: Array, mix: dict[str, Any]) -> tuple[Array, float]:
    """Glue, a last shelf, level and limiter; also the gain that went in front of the limiter."""
    sound = sound * from_db(REFERENCE_LUFS + 2.0 - loudness_lufs(sound))
    sound = compressed(sound, -14.0, 1.6, 0.03, 0.2)
    for hz, gain_db, q in mix.get("bells", []):
        sound = peaking(sound, hz, gain_db, q)
    sound = shelf(sound, 9000.0, float(mix.get("air_db", 1.0)))
    ceiling = from_db(CEILING_DB)
    knee, most = 0.7 * ceiling, 1.25 * ceiling
    gain, out = 1.0, sound
    for _ in range(3):
        gain *= from_db(LOUDNESS_LUFS - loudness_lufs(out))
        # Rounded peaks before the limiter: it works half as hard.
        size = np.abs(sound * gain)
        rounded = knee + (most - knee) * np.tanh((size - knee) / (most - knee))
        out = limited(np.sign(sound) * np.where(size > knee, rounded, size), ceiling)
    return out * min(1.0, ceiling / true_peak(out)), gain
