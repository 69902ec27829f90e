"""The planner: which move in which bar. Follows sections, repeats and energy of the song; a seed gives one dance.

Pure: song map, library and seed in, plan out. How the moves are danced is the player's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import structs

from motion.dance.counts import Counts, count_song
from motion.dance.form import Form
from motion.dance.library import Entry, Library
from motion.dance.manners import Manner
from motion.dance.plan import Plan, Step
from motion.dance.signs import choose_signs, sign_bars, strike_signs
from motion.dance.taste import WANTS, Taste
from motion.dance.walk import walk
from motion.music.song_map import Section, SongMap

__all__ = ["plan_dance"]

# A move fills at most this many bars on end, then something else comes.
_LONGEST_RUN = 4
# How often a phrase is said again to the other side: of one bar, and longer ones.
_SAID_TWICE_SHORT, _SAID_TWICE = 0.3, 0.15
# A chorus has time for the performer's signature from this length on, bars; it follows the opener's bar.
_SIGNATURE_FROM = 6
# Sections that she may walk onto the stage in, and the shortest song (bars) that has the time.
_ENTRANCES, _WALK_ON_FROM = ("silence", "intro", "verse", "bridge", "interlude"), 12
# The shortest song (bars) that ends in a pose.
_POSE_FROM = 3


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A move of the choreography of one section, before it is put on bars."""

    entry: Entry
    bars: int
    mirror: bool


def plan_dance(
    song: SongMap, library: Library, *, seed: int = 0, hooks: Sequence[float] = (), manner: str = ""
) -> Plan:
    """Choose moves for the whole song. A song without bars gives a plan without steps (the idle loop).

    hooks: seconds at which the song's hook is sung; there, and where choruses begin, a sign is given.
    manner: how the performer dances (presets/moves/manners.toml); "" = as the song suggests.

    Raises:
        MannerError: there is no such manner.
    """
    danced = library.manner(manner)
    steps: list[Step] = []
    if song.bars and song.beats:
        chance = danced.seeded(seed) if danced else seed
        steps = _Planner(song, library, count_song(song), chance, danced).steps(hooks)
    return Plan(
        seed=seed,
        own_moves_only=all(entry.own for entry in library.entries.values()),
        manner=manner,
        sound_sha256=song.sound_sha256,
        steps=steps,
    )


class _Planner:
    """The state of one planning: what was danced last, where signs will be given, and what choruses are like."""

    def __init__(self, song: SongMap, library: Library, counts: Counts, seed: int, manner: Manner | None) -> None:
        self._song, self._library, self._counts, self._seed = song, library, counts, seed
        self._energy = manner.energy if manner else 1.0
        self._form = Form(song)
        self._taste = Taste(song, library, counts, manner)
        self._last: Entry | None = None
        # Signs by bar, known before anything else is chosen: nothing shall steal what they show.
        self._signs: dict[int, Step] = {}
        # One choreography per group of like sections: choruses look alike.
        self._known: dict[tuple[int, str], list[_Phrase]] = {}

    def steps(self, hooks: Sequence[float]) -> list[Step]:
        """All steps of the song, with their places on the stage."""
        end = self._form.bars
        pose = self._pose()
        if pose is not None:
            end -= 1
            self._taste.remember(pose, end, 1)
        steps = self._entrance()
        begun = steps[0].bars if steps else 0
        self._signs = self._choose_signs(hooks, begun, end)
        for sign in self._signs.values():
            self._taste.remember(self._library[sign.move], sign.bar, sign.bars, mirror=sign.mirror)
        for span in self._form.spans:
            first, stop = max(span.first, begun), min(span.stop, end)
            if stop > first:
                steps += self._section(span.section, first, stop)
        steps = self._whole_turns(strike_signs(self._varied(steps), self._signs, self._counts))
        if pose is not None:
            steps.append(Step(bar=end, bars=1, move=pose.name, energy=1.0))
        return walk(steps, self._library, self._counts, self._seed)

    def _choose_signs(self, hooks: Sequence[float], begun: int, end: int) -> dict[int, Step]:
        """The song's own signs on first bars of choruses and wherever the hook is sung; bars begun..end are free."""
        openers = self._taste.of_signs(self._library.with_tag("opener"))
        signs = [sign for sign in self._library.with_tag("hook") if "opener" not in sign.tags]
        fitting = self._taste.of_signs(signs) or [sign for sign in signs if sign.style == "idol"] or signs
        if not fitting:
            return {}
        choruses = self._form.first_bars("chorus")
        bars = [bar for bar in sign_bars(self._song, choruses, hooks) if begun <= bar < end]
        rng = np.random.default_rng([self._seed, 31])
        fitting = [fitting[int(k)] for k in rng.permutation(len(fitting))]
        opener = openers[int(rng.integers(len(openers)))] if openers else None
        return choose_signs(bars, fitting, openers=choruses, opener=opener)

    def _entrance(self) -> list[Step]:
        """She walks on where the song leaves her the time: a first section that does not storm in."""
        walks = self._library.with_tag("walkon")
        span = self._form.spans[0]
        if not walks or self._form.bars < _WALK_ON_FROM or span.section.label not in _ENTRANCES:
            return []
        rng = np.random.default_rng([self._seed, 17])
        walks = self._taste.of_signs(walks) or [entry for entry in walks if entry.style == "any"] or walks
        entry = walks[int(rng.integers(len(walks)))]
        bars = self._taste.bars_of(entry, 0)
        if bars > span.stop:
            return []
        _, least, most = WANTS[span.section.label]
        energy = float(np.clip(least + (most - least) * self._form.level(0), 0.5, 1.0))
        self._last = entry
        self._taste.remember(entry, 0, bars)
        return [Step(bar=0, bars=bars, move=entry.name, mirror=bool(rng.random() < 0.5), energy=round(energy, 2))]

    def _pose(self) -> Entry | None:
        """What she ends in, on the last bar."""
        poses = self._library.with_tag("final")
        if self._form.bars < _POSE_FROM or not poses:
            return None
        rng = np.random.default_rng([self._seed, 99])
        fitting = self._taste.of_signs(poses) or [pose for pose in poses if pose.style == "any"] or poses
        return fitting[int(rng.integers(len(fitting)))]

    def _section(self, section: Section, first: int, stop: int) -> list[Step]:
        """Steps on bars first..stop: what its group is known to dance, and more where that is too short."""
        known = self._known.setdefault((section.group, section.label), [])
        out: list[Step] = []
        at = first
        for phrase in known:
            if at >= stop:
                break
            step = self._laid(phrase, section, at, first, stop)
            self._shown(self._library[step.move], step.bar, step.bars, mirror=step.mirror)
            out.append(step)
            at += step.bars
        if at < stop:
            new = self._choreograph(section, at, stop - at, known)
            known += new
            for phrase in new:
                out.append(self._laid(phrase, section, at, first, stop))
                at += phrase.bars
        return out

    def _laid(self, phrase: _Phrase, section: Section, at: int, first: int, stop: int) -> Step:
        """A phrase on the bars from `at` on, of a section that has bars first..stop."""
        span = min(phrase.bars, stop - at)
        entry = phrase.entry
        if entry.clip is not None and not self._taste.clip_fits(entry, at, span):
            entry = self._library.entries.get("idle_groove", entry)
        _, least, most = WANTS[section.label]
        energy = (least + (most - least) * self._form.level(at, at + span)) * self._energy
        if section.label in ("pre", "intro"):
            # A build-up rises towards what comes.
            energy *= 0.85 + 0.25 * (at - first + span) / (stop - first)
        energy = round(float(np.clip(energy, 0.4, 1.4)), 2)
        return Step(bar=at, bars=span, move=entry.name, mirror=phrase.mirror, energy=energy)

    def _choreograph(self, section: Section, first: int, bars: int, before: list[_Phrase]) -> list[_Phrase]:
        """Phrases of 1-4 bars that fill `bars` from `first` on: a move, often its mirror, then something else."""
        depth = len(before)
        rng = np.random.default_rng([self._seed, section.group, list(WANTS).index(section.label), depth])
        out: list[_Phrase] = []
        at, stop = first, first + bars
        last = before[-1].entry if before else self._last

        def dance(entry: Entry, length: int, mirror: bool) -> None:
            nonlocal at
            out.append(_Phrase(entry, length, mirror))
            self._shown(entry, at, length, mirror=mirror)
            at += length

        while at < stop:
            free = self._until_sign(at, stop - at)
            level = self._form.level(at, min(at + 2, stop))
            entry = self._taste.choose(section, level, free, last, at, rng)
            length, mirror = min(free, self._taste.bars_of(entry, at)), bool(rng.random() < 0.5)
            own = self._own_phrase(section, bars, at, at - first, free) if depth == 0 else None
            if own is not None:
                entry, length, mirror = own, self._taste.bars_of(own, at), False
            struck = at in self._signs
            dance(entry, length, mirror)
            if struck:
                # What a sign takes the place of is as good as never danced.
                continue
            self._taste.took(entry)
            last = entry
            # Short phrases are said twice, the second time to the other side.
            # Captured ones travel, and twice the same way leads off the stage.
            again = length <= self._until_sign(at, stop - at) and entry.clip is None and "once" not in entry.tags
            again = again and at - first > 1 and rng.random() < (_SAID_TWICE_SHORT if length == 1 else _SAID_TWICE)
            if again:
                dance(entry, length, not mirror)
        self._last = last
        return out

    def _shown(self, entry: Entry, bar: int, bars: int, *, mirror: bool) -> None:
        if bar not in self._signs:
            self._taste.remember(entry, bar, bars, mirror=mirror)

    def _until_sign(self, bar: int, left: int) -> int:
        """How many of the next `left` bars a phrase may fill before a sign is given; the bar of a sign stands alone."""
        if bar in self._signs:
            return min(1, left)
        return min([left, *(struck - bar for struck in self._signs if struck > bar)])

    def _own_phrase(self, section: Section, bars: int, bar: int, into: int, free: int) -> Entry | None:
        """What this performer does at this place of every such section: the signature after a chorus's opener, and how
        she stands where a bridge begins and the room is dark about her. into: bars since the section began."""
        if section.label == "chorus" and into == 1 and bars >= _SIGNATURE_FROM:
            own = self._taste.of_signs(self._library.with_tag("signature"))
        elif section.label == "bridge" and into == 0:
            own = self._taste.of_signs(self._library.with_tag("hush"))
        else:
            return None
        return own[0] if own and self._taste.bars_of(own[0], bar) <= free else None

    def _varied(self, steps: list[Step]) -> list[Step]:
        """No move for more than _LONGEST_RUN bars on end, not even where two sections meet."""
        rng = np.random.default_rng([self._seed, 23])
        out: list[Step] = []
        run = 0
        for step in steps:
            run = run + step.bars if out and out[-1].move == step.move else step.bars
            if run > _LONGEST_RUN and step.bars < run:
                step, run = self._instead(step, rng), step.bars
            out.append(step)
        return out

    def _whole_turns(self, steps: list[Step]) -> list[Step]:
        """A turn that a sign has cut is danced as something else: half of it would have to be taken back."""
        rng = np.random.default_rng([self._seed, 41])

        def cut(step: Step) -> bool:
            entry = self._library[step.move]
            short = step.offset > 0 or step.bars < self._taste.bars_of(entry, step.bar)
            return "turn" in entry.tags and short

        return [self._instead(step, rng) if cut(step) else step for step in steps]

    def _instead(self, step: Step, rng: np.random.Generator) -> Step:
        """Another move on the same bars."""
        section, level = self._form.section_of(step.bar), self._form.level(step.bar)
        entry = self._taste.choose(section, level, step.bars, self._library[step.move], step.bar, rng)
        return structs.replace(step, move=entry.name, offset=0)
