"""What is fired when: confetti, sparks, petals, a lift of white light; planned from the hits of the song map.

A cue is told by kind and age, so the page draws it as a pure function of them. Two at a time fit the wire; the newest
win. A lift is one flash of at most 0.3 s, never two within LIFT_GAP.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from motion.music.song_map import SongMap
from stage.show.body import smoothstep
from stage.show.hits import downbeat_near, find_hits
from stage.show.moods import Hit, Mood
from stage.wire.frame import CUES, NO_CUE, CueSlot

__all__ = ["LASTS", "LIFT_GAP", "PADS", "Cue", "cue_slots", "fire", "plan_cues"]

LASTS = {"confetti": 11.0, "finale": 11.0, "sparks": 3.2, "lift": 0.3, "petals": 12.0}
"""Seconds until nothing is left of it; petals that an operator fires."""
PADS = CUES[1:]
LIFT_GAP = 1.0
# Her light comes with the first downbeat after this time, if that is soon enough; as in stage/web/src/stage/light.ts.
_OPENING = 1.2
_OPENING_WAITS = 2.0
# Nobody sees more than the newest two; some more keep the lifts apart.
_MOST = 8
# Petals come and go slowly: seconds of their first and last ones.
_PETALS_IN = 2.5
_PETALS_OUT = 3.5


@dataclass(frozen=True, slots=True)
class Cue:
    """kind: one of CUES. start, end: seconds of the clock it was fired by."""

    kind: str
    start: float
    end: float


def plan_cues(song: SongMap, mood: Mood, hooks: Sequence[float] = ()) -> tuple[Cue, ...]:
    """The cues of a whole song, by start. The same song, mood and words give the same.

    Args:
        hooks: media times at which lines begin that sing the song's hook.
    """
    hits = find_hits(song)
    choruses = sorted((*hits.drops, *hits.choruses))
    found: list[Cue] = []

    def fire(hit: Hit, t: float, until: float | None = None) -> None:
        for kind in mood.cues.get(hit, ()):
            end = until if kind == "petals" and until is not None else t + LASTS[kind]
            found.append(Cue(kind, t, end))

    opening = next((t for t in song.downbeats if t >= _OPENING), float("inf"))
    if song.sections and song.sections[0].label == "intro" and opening <= _OPENING + _OPENING_WAITS:
        fire("open", opening)
    for i, t in enumerate(choruses):
        hit: Hit = "first" if i == 0 else "last" if i == len(choruses) - 1 else "chorus"
        fire(hit, t, song.section_at(t + 0.3).end)
    for before, section in itertools.pairwise(song.sections):
        # Another chorus on top of one, in another key or with other words.
        if section.label == before.label == "chorus" and section.group != before.group:
            fire("chorus", downbeat_near(song, section.start))
    for section in song.sections:
        if section.label in ("bridge", "interlude"):
            fire("bridge" if section.label == "bridge" else "interlude", section.start, section.end)
    if hits.last is not None and all(abs(hits.last - t) > LIFT_GAP for t in choruses):
        fire("hit", hits.last)
    for t in hooks:
        fire("hook", t)
    return _spaced(sorted(found, key=lambda cue: (cue.start, cue.kind)))


def _spaced(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Without those that come too soon after another of their kind."""
    kept: list[Cue] = []
    last: dict[str, float] = {}
    for cue in cues:
        if cue.start - last.get(cue.kind, float("-inf")) < LIFT_GAP:
            continue
        last[cue.kind] = cue.start
        kept.append(cue)
    return tuple(kept)


def fire(cues: tuple[Cue, ...], kind: str, now: float) -> tuple[Cue, ...]:
    """`cues` with one more, fired now. A lift within LIFT_GAP of another is left out: light must not flash as often as
    a finger can press."""
    kept = tuple(cue for cue in cues if now < max(cue.end, cue.start + LIFT_GAP))
    if kind == "lift" and any(cue.kind == "lift" and now < cue.start + LIFT_GAP for cue in kept):
        return kept
    return (*kept, Cue(kind, now, now + LASTS[kind]))[-_MOST:]


def cue_slots(cues: Sequence[Cue], t: float) -> tuple[CueSlot, CueSlot]:
    """What of `cues` is seen at `t`, on the same clock; the newest two."""
    seen = [cue for cue in cues if cue.start <= t < cue.end]
    slots = [_slot(cue, t) for cue in sorted(seen, key=lambda cue: cue.start)[-2:]]
    return (slots[0] if slots else NO_CUE, slots[1] if len(slots) > 1 else NO_CUE)


def _slot(cue: Cue, t: float) -> CueSlot:
    kind = CUES.index(cue.kind)
    if cue.kind != "petals":
        return CueSlot(kind, t - cue.start)
    amount = smoothstep((t - cue.start) / _PETALS_IN) * smoothstep((cue.end - t) / _PETALS_OUT)
    return CueSlot(kind, amount)
