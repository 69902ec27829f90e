"""Smile, brows and breath: what the song's energy and phrases put on a face."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from motion.music.song_map import SongMap
from motion.rig.pose import GRID_HZ
from motion.rig.smooth import smoothstep
from performer.face.phrases import Phrase, mouth_opening
from performer.face.track import EXPRESSION_INDEX

__all__ = ["add_mood"]

# How much a section smiles by itself.
_SMILE = {"intro": 0.3, "verse": 0.32, "pre": 0.4, "chorus": 0.66, "bridge": 0.25, "interlude": 0.4, "outro": 0.4}
# The corners of the mouth stay up by so much, whatever is sung: a slack mouth between two syllables looks idle.
_CORNERS = {"chorus": 0.6, "pre": 0.42, "interlude": 0.55, "outro": 0.5}
_CORNERS_ELSEWHERE = 0.3
# After the last words, where a song leaves the time: a full smile, then one that stays until the last sound. It begins
# while the last vowel fades. Weights; seconds.
_LAST_SMILE, _LAST_STAYS = 0.86, 0.7
_LAST_AFTER, _LAST_RISE, _LAST_HELD, _LAST_LEAST = -0.15, 0.6, 1.0, 1.5
# With it the lips part, or from afar there is no mouth: weight of `aa` in that smile, and until the last sound.
_LAST_OPEN, _LAST_OPEN_STAYS = 0.34, 0.22
# In a rest of a loud section she laughs: weight; seconds that a rest must last, and that are left of it at both ends.
_GRIN, _GRIN_REST, _GRIN_EDGE = 0.2, 1.5, 0.3
# The lips meet again before she draws breath, or it would not be seen; seconds before the next words.
_GRIN_SHUT = 0.85
_GRINS = ("chorus", "interlude", "outro")
# A smile is drawn by the corners of the mouth; so much of it may be `happy`, which closes the eyes of most anime heads:
# from afar half-shut eyes look tired or sour. The share of the corners makes up for the rest.
_EYES, _EYES_MOST = 0.28, 0.16
_CORNERS_MOST = 0.8
_BREATH_BEFORE, _BREATH = 0.42, 0.16
_SMOOTH = 0.4
_SURGE_SECONDS, _WIDEST = 3.0, 0.72
_LIFTED = 0.6
_SMILE_REST = 0.7
_SMILE_YIELDS = 0.58


def _bump(times: NDArray[np.float64], centre: float, rise: float, fall: float) -> NDArray[np.float64]:
    x = times - centre
    return smoothstep(np.where(x < 0.0, 1.0 + x / rise, 1.0 - x / fall))


def _last_smile(
    phrases: Sequence[Phrase], times: NDArray[np.float64], duration: float, full: float, stays: float
) -> NDArray[np.float64]:
    """(frames,) the smile with which the last pose is held, `full` and then `stays`; 0 where a song ends with its
    words."""
    if not phrases or duration - phrases[-1].end < _LAST_LEAST:
        return np.zeros(len(times))

    def ramp(start: float) -> NDArray[np.float64]:
        return smoothstep((times - phrases[-1].end - start) / _LAST_RISE)

    return full * ramp(_LAST_AFTER) - (full - stays) * ramp(_LAST_AFTER + _LAST_RISE + _LAST_HELD)


def _grins(song: SongMap, phrases: Sequence[Phrase], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """(frames,) parted lips of one who smiles through the rests of loud sections."""
    parted = np.zeros(len(times))
    for before, after in itertools.pairwise(phrases):
        rest = after.start - before.end
        if rest < _GRIN_REST or song.section_at(before.end + 0.5 * rest).label not in _GRINS:
            continue
        inside = np.minimum(times - before.end, after.start - _GRIN_SHUT - times)
        parted += _GRIN * smoothstep(inside / _GRIN_EDGE)
    return parted


def add_mood(
    weights: NDArray[np.float32],
    song: SongMap,
    phrases: Sequence[Phrase],
    held: Sequence[Phrase],
    times: NDArray[np.float64],
    rng: np.random.Generator,
) -> None:
    """Write smile, brows and breath into `weights` (frames, 70). held: notes that are held, which lift the brows."""
    if not len(times):
        return
    opening = mouth_opening(weights)
    smooth = _SMOOTH * GRID_HZ
    energy = gaussian_filter1d(song.energy.sample(times), smooth)
    ballad = 1.0 if 0.0 < song.bpm < 90.0 else 0.0
    section = np.asarray([_SMILE.get(song.section_at(t).label, 0.15) for t in times[::15]])
    base = gaussian_filter1d(np.repeat(section, 15)[: len(times)], smooth)
    wander = gaussian_filter1d(rng.normal(0.0, 1.0, len(times)), 1.5 * GRID_HZ)
    wander /= max(float(np.std(wander)), 1e-9)
    # Against the song's last seconds: a smile that follows the level alone stands still through a loud chorus.
    surge = energy - gaussian_filter1d(energy, _SURGE_SECONDS * GRID_HZ)
    wish = base * (0.75 + 0.4 * energy + 1.2 * surge) + 0.08 * wander
    smile = np.maximum(_WIDEST * np.tanh(wish / _WIDEST), 0.05) * (1.0 - 0.4 * ballad)
    # A wide vowel and a full smile at once break most mouths: the smile makes room.
    # It comes back in a real rest only, or it would flicker between syllables.
    sung = gaussian_filter1d(maximum_filter1d(opening, round(_SMILE_REST * GRID_HZ)), 0.12 * GRID_HZ)
    happy = smile * (1.0 - _SMILE_YIELDS * np.clip(sung / 0.5, 0.0, 1.0))
    soft = 1.0 - 0.3 * ballad
    happy = np.maximum(happy, soft * _last_smile(phrases, times, song.duration, _LAST_SMILE, _LAST_STAYS))
    narrowed = np.minimum(_EYES * happy, _EYES_MOST)
    # The last pose is seen whole, from afar: its smile is the mouth's, and the eyes stay open.
    narrowed *= 1.0 - np.clip(_last_smile(phrases, times, song.duration, 1.0, 1.0), 0.0, 1.0)
    weights[:, EXPRESSION_INDEX["happy"]] = narrowed
    floor = np.asarray([_CORNERS.get(song.section_at(t).label, _CORNERS_ELSEWHERE) for t in times[::15]])
    floor = gaussian_filter1d(np.repeat(floor, 15)[: len(times)], smooth) * (1.0 - 0.4 * ballad) + 0.04 * wander
    for name in ("mouthSmileLeft", "mouthSmileRight"):
        weights[:, EXPRESSION_INDEX[name]] = np.clip(np.maximum(floor, happy) - narrowed, 0.0, _CORNERS_MOST)
    weights[:, EXPRESSION_INDEX["relaxed"]] = ballad * np.clip(0.28 + 0.08 * wander - 0.2 * energy, 0.0, 0.5)

    # Little at rest: models without brow shapes show raised brows as surprise.
    brow = 0.04 + 0.10 * energy + 0.05 * wander
    outer = 0.02 + 0.08 * energy
    for phrase in phrases:
        size = rng.uniform(0.18, 0.45)
        first, last = np.searchsorted(times, [phrase.start - 0.3, phrase.start + 1.2])
        brow[first:last] += size * _bump(times[first:last], phrase.start + 0.1, 0.3, 1.0)
        outer[first:last] += 0.6 * size * _bump(times[first:last], phrase.start + 0.1, 0.3, 1.0)
    for note in held:
        size = rng.uniform(0.08, 0.28) if rng.random() < _LIFTED else 0.0
        first, last = np.searchsorted(times, [note.start, note.end + 0.5])
        # They rise with the note and let go at its end.
        inside = np.minimum(times[first:last] - note.start, note.end + 0.5 - times[first:last])
        lift = smoothstep(inside / 0.5)
        brow[first:last] += size * lift
        outer[first:last] += 0.4 * size * lift
    weights[:, EXPRESSION_INDEX["browInnerUp"]] = np.clip(brow, 0.0, 0.8)
    for name in ("browOuterUpLeft", "browOuterUpRight"):
        weights[:, EXPRESSION_INDEX[name]] = np.clip(outer, 0.0, 0.7)

    breath = np.zeros(len(times))
    ends = [-1.0, *(phrase.end for phrase in phrases)]
    for phrase, before in zip(phrases, ends, strict=False):
        if phrase.start - before < _BREATH_BEFORE + 0.15:
            continue
        first, last = np.searchsorted(times, [phrase.start - _BREATH_BEFORE, phrase.start])
        breath[first:last] = _BREATH * _bump(times[first:last], phrase.start - 0.18, 0.22, 0.18)
    aa = EXPRESSION_INDEX["aa"]
    weights[:, aa] += breath * (1.0 - np.clip(opening / 0.1, 0.0, 1.0))
    parted = _last_smile(phrases, times, song.duration, _LAST_OPEN, _LAST_OPEN_STAYS) + _grins(song, phrases, times)
    # Only where the words leave the mouth free.
    weights[:, aa] = np.maximum(weights[:, aa], (1.0 - ballad) * parted * (1.0 - np.clip(opening / 0.3, 0.0, 1.0)))
