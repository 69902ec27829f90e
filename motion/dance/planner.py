"""The planner: which move in which bar. Follows sections, repeats and energy of the song; a seed gives one dance.

Pure: song map, library and seed in, plan out. How the moves are danced is the player's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import structs

from motion.dance.counts import Counts, count_song
from motion.dance.library import Entry, Library
from motion.dance.manners import Manner
from motion.dance.plan import REACH, Plan, Step
from motion.dance.score import step_counts, travel_of
from motion.dance.signs import sign_bars, strike_signs
from motion.dance.taste import WANTS, Taste
from motion.music.song_map import Section, SongMap

__all__ = ["plan_dance"]

# A move fills at most this many bars on end, then something else comes.
_LONGEST_RUN = 4
# How often a phrase is said again to the other side: of one bar, and longer ones.
_SAID_TWICE_SHORT, _SAID_TWICE = 0.3, 0.15
# Two manners with the same seed are so far apart.
_APART = 7919
# A chorus has time for the performer's signature from this length on, bars; it follows the opener's bar.
_SIGNATURE_FROM = 6
# Sections that she may walk onto the stage in, and the shortest song (bars) that has the time.
_ENTRANCES, _WALK_ON_FROM = ("silence", "intro", "verse", "bridge", "interlude"), 12


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A move of the choreography of one section, before it is put on bars: move, bars, mirrored, energy."""

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
    own = all(entry.own for entry in library.entries.values())
    if not song.bars or not song.beats:
        return Plan(seed=seed, own_moves_only=own, manner=manner, sound_sha256=song.sound_sha256, steps=[])
    counts = count_song(song)
    planner = _Planner(song, library, counts, seed, hooks, danced)
    steps = planner.steps()
    return Plan(seed=seed, own_moves_only=own, manner=manner, sound_sha256=song.sound_sha256, steps=steps)


class _Planner:
    """The state of one planning: what was danced last and how often, so that it does not tire."""

    def __init__(
        self,
        song: SongMap,
        library: Library,
        counts: Counts,
        seed: int,
        hooks: Sequence[float],
        manner: Manner | None = None,
    ) -> None:
        self._song = song
        self._library = library
        self._counts = counts
        self._seed = seed if manner is None else seed + _APART * manner.seed
        self._manner = manner
        self._hooks = hooks
        self._last: Entry | None = None
        energies = [self._bar_energy(number) for number in range(len(song.bars))]
        self._quiet, self._loud = (float(v) for v in np.percentile(energies, (10, 90)))
        self._taste = Taste(song, library, counts, manner)
        self._arrived = 0
        self._struck: set[int] = set()
        # One choreography per group of like sections: choruses look alike.
        self._known: dict[tuple[int, str], list[_Phrase]] = {}

    def _bar_energy(self, number: int) -> float:
        bar = self._song.bars[number]
        return float(np.mean(self._song.energy.sample(np.linspace(bar.start, bar.end, 5))))

    def _level(self, number: int) -> float:
        """Energy of a bar within this song, 0..1."""
        spread = self._loud - self._quiet
        if spread < 0.05:
            return 0.6
        return float(np.clip((self._bar_energy(number) - self._quiet) / spread, 0.0, 1.0))

    def _spans(self) -> list[tuple[Section, int, int]]:
        """Sections as stretches of bars (every bar belongs to the section that holds its middle)."""
        out: list[tuple[Section, int, int]] = []
        for number, bar in enumerate(self._song.bars):
            section = self._song.section_at((bar.start + bar.end) / 2)
            if out and out[-1][0] is section:
                out[-1] = (section, out[-1][1], number + 1)
            else:
                out.append((section, number, number + 1))
        return out

    def steps(self) -> list[Step]:
        total = len(self._song.bars)
        finale = self._finale(total)
        steps = self._entrance(total)
        if finale:
            self._taste.remember(finale[0], total - finale[1], finale[1])
        # What the signs will show is known beforehand; nothing shall steal it.
        for step in self._signed([Step(bar=0, bars=total, move=next(iter(self._library.entries)))]):
            if "hook" in self._library[step.move].tags:
                self._struck.add(step.bar)
                self._taste.remember(self._library[step.move], step.bar, 1, mirror=step.mirror)
        begun = steps[-1].bar + steps[-1].bars if steps else 0
        for section, first, stop in self._spans():
            first, stop = max(first, begun), min(stop, total - (finale[1] if finale else 0))
            if stop > first:
                steps += self._section(section, first, stop)
        steps = self._whole_turns(self._signed(self._varied(steps)))
        if finale:
            entry, bars = finale
            steps.append(Step(bar=total - bars, bars=bars, move=entry.name, energy=1.0))
        return self._walk(steps)

    def _signed(self, steps: list[Step]) -> list[Step]:
        """The song's own signs on first bars of choruses and wherever the hook is sung."""
        openers = self._taste.of_signs(self._library.with_tag("opener"))
        signs = [sign for sign in self._library.with_tag("hook") if "opener" not in sign.tags]
        fitting = self._taste.of_signs(signs) or [sign for sign in signs if sign.style == "idol"] or signs
        if not fitting or not steps:
            return steps
        choruses = [first for section, first, _ in self._spans() if section.label == "chorus"]
        # Who walks on arrives first.
        begun = self._arrived
        bars = [bar for bar in sign_bars(self._song, choruses, self._hooks) if bar >= begun]
        rng = np.random.default_rng([self._seed, 31])
        fitting = [fitting[int(k)] for k in rng.permutation(len(fitting))]
        opener = openers[int(rng.integers(len(openers)))] if openers else None
        return strike_signs(steps, bars, fitting, self._counts, openers=choruses, opener=opener)

    def _entrance(self, total: int) -> list[Step]:
        """She walks on where the song leaves her the time: a first section that does not storm in."""
        walks = self._library.with_tag("walkon")
        section, _, stop = self._spans()[0]
        if not walks or total < _WALK_ON_FROM or section.label not in _ENTRANCES:
            return []
        rng = np.random.default_rng([self._seed, 17])
        walks = self._taste.of_signs(walks) or [walk for walk in walks if walk.style == "any"] or walks
        entry = walks[int(rng.integers(len(walks)))]
        bars = self._taste.bars_of(entry, 0)
        if bars > stop:
            return []
        _, least, most = WANTS[section.label]
        energy = float(np.clip(least + (most - least) * self._level(0), 0.5, 1.0))
        self._last = entry
        self._arrived = bars
        self._taste.remember(entry, 0, bars)
        return [Step(bar=0, bars=bars, move=entry.name, mirror=bool(rng.random() < 0.5), energy=round(energy, 2))]

    def _varied(self, steps: list[Step]) -> list[Step]:
        """No move for more than _LONGEST_RUN bars on end, not even where two sections meet."""
        rng = np.random.default_rng([self._seed, 23])
        out: list[Step] = []
        run = 0
        for step in steps:
            run = run + step.bars if out and out[-1].move == step.move else step.bars
            if run > _LONGEST_RUN and step.bars < run:
                bar = self._song.bars[step.bar]
                section = self._song.section_at((bar.start + bar.end) / 2)
                last = self._library[step.move]
                entry = self._taste.choose(section, self._level(step.bar), step.bars, last, step.bar, rng)
                step = structs.replace(step, move=entry.name)
                run = step.bars
            out.append(step)
        return out

    def _finale(self, total: int) -> tuple[Entry, int] | None:
        poses = self._library.with_tag("final")
        if total < 3 or not poses:
            return None
        rng = np.random.default_rng([self._seed, 99])
        own = self._taste.of_signs(poses)
        fitting = own or [pose for pose in poses if pose.style == "any"] or poses
        return fitting[int(rng.integers(len(fitting)))], 1

    def _section(self, section: Section, first: int, stop: int) -> list[Step]:
        key = (section.group, section.label)
        bars = stop - first
        known = self._known.get(key, [])
        length = sum(phrase.bars for phrase in known)
        if length < bars:
            known = known + self._choreograph(section, first + length, bars - length, len(known), known)
            self._known[key] = known
        out: list[Step] = []
        at = first
        _, least, most = WANTS[section.label]
        for phrase in known:
            if at >= stop:
                break
            span = min(phrase.bars, stop - at)
            if phrase.entry.clip is not None and not self._taste.clip_fits(phrase.entry, at, span):
                span_entry = self._library.entries.get("idle_groove", phrase.entry)
            else:
                span_entry = phrase.entry
            level = float(np.mean([self._level(number) for number in range(at, at + span)]))
            energy = (least + (most - least) * level) * (self._manner.energy if self._manner else 1.0)
            if section.label in ("pre", "intro"):
                # A build-up rises towards what comes.
                energy *= 0.85 + 0.25 * (at - first + span) / bars
            out.append(
                Step(
                    bar=at,
                    bars=span,
                    move=span_entry.name,
                    mirror=phrase.mirror,
                    energy=round(float(np.clip(energy, 0.4, 1.4)), 2),
                )
            )
            self._taste.remember(span_entry, at, span, mirror=phrase.mirror)
            at += span
        return out

    def _choreograph(self, section: Section, first: int, bars: int, depth: int, before: list[_Phrase]) -> list[_Phrase]:
        """Phrases of 1-4 bars that fill `bars`: a move, often its mirror, then something else."""
        rng = np.random.default_rng([self._seed, section.group, list(WANTS).index(section.label), depth])
        out: list[_Phrase] = []
        left = bars
        at = first
        last = before[-1].entry if before else self._last
        while left > 0:
            free = self._until_sign(at, left)
            level = float(np.mean([self._level(number) for number in range(at, min(at + 2, first + bars))]))
            entry = self._taste.choose(section, level, free, last, at, rng)
            length = min(free, self._taste.bars_of(entry, at))
            mirror = bool(rng.random() < 0.5)
            signature = self._signature(section, bars, at - first, left) if depth == 0 else None
            signature = signature or (self._hush(section, left) if at == first and depth == 0 else None)
            if signature is not None:
                entry, length, mirror = signature, self._taste.bars_of(signature, at), False
            out.append(_Phrase(entry, length, mirror))
            if at in self._struck:
                # A sign is given here; what it takes the place of is as good as never danced.
                at, left = at + length, left - length
                continue
            self._taste.remember(entry, at, length, mirror=mirror)
            at, left = at + length, left - length
            # Short phrases are said twice, the second time to the other side.
            # Captured ones travel, and twice the same way leads off the stage.
            again = length <= self._until_sign(at, left) and entry.clip is None and "once" not in entry.tags
            again = again and at - first > 1 and rng.random() < (_SAID_TWICE_SHORT if length == 1 else _SAID_TWICE)
            if again:
                out.append(_Phrase(entry, length, not mirror))
                at, left = at + length, left - length
            last = entry
            used = self._taste.used
            used[entry.name] = used.get(entry.name, 0) + 1
        self._last = last
        return out

    def _until_sign(self, bar: int, left: int) -> int:
        """How many of the next `left` bars a phrase may fill before a sign is given; the bar of a sign stands alone."""
        if bar in self._struck:
            return min(1, left)
        return min([left, *(struck - bar for struck in self._struck if struck > bar)])

    def _whole_turns(self, steps: list[Step]) -> list[Step]:
        """A turn that a sign has cut is danced as something else: half of it would have to be taken back."""
        rng = np.random.default_rng([self._seed, 41])
        out: list[Step] = []
        for step in steps:
            entry = self._library[step.move]
            if "turn" in entry.tags and (step.offset or step.bars < self._taste.bars_of(entry, step.bar)):
                bar = self._song.bars[step.bar]
                section = self._song.section_at((bar.start + bar.end) / 2)
                other = self._taste.choose(section, self._level(step.bar), step.bars, entry, step.bar, rng)
                step = structs.replace(step, move=other.name, offset=0)
            out.append(step)
        return out

    def _signature(self, section: Section, bars: int, at: int, left: int) -> Entry | None:
        """What this performer does in every chorus, after the opener's bar."""
        own = self._taste.of_signs(self._library.with_tag("signature"))
        if section.label != "chorus" or bars < _SIGNATURE_FROM or at != 1 or not own:
            return None
        entry = own[0]
        return entry if self._taste.bars_of(entry, 0) <= left else None

    def _hush(self, section: Section, left: int) -> Entry | None:
        """How this performer stands where a bridge begins, and the room is dark about her."""
        own = self._taste.of_signs(self._library.with_tag("hush"))
        if section.label != "bridge" or not own or self._taste.bars_of(own[0], 0) > left:
            return None
        return own[0]

    def _walk(self, steps: list[Step]) -> list[Step]:
        """Give every step a place on the stage: a slow walk that comes back to the centre."""
        rng = np.random.default_rng([self._seed, 5])
        out: list[Step] = []
        x = z = 0.0
        for number, step in enumerate(steps):
            entry = self._library[step.move]
            if entry.clip is None and "still" not in entry.tags:
                # At most a hand's breadth a bar, drawn back the harder the farther out.
                size = 0.13 * step.bars
                x += float(np.clip(rng.normal(-0.35 * x, 0.6 * size), -size, size))
                z += float(np.clip(rng.normal(-0.5 * z, 0.4 * size), -size, size))
                if number >= len(steps) - 4:
                    x, z = 0.6 * x, 0.6 * z
                x, z = float(np.clip(x, -0.9, 0.9)), float(np.clip(z, -0.5, 0.6))
            elif entry.clip is not None:
                # What the score will do anyway, written down so that the plan says where she is.
                there = travel_of(entry.clip, step_counts(step, self._counts), mirror=step.mirror)
                x, z = (float(v) for v in np.clip(np.add((x, z), there), -REACH, REACH))
            out.append(structs.replace(step, x=round(x, 2), z=round(z, 2)))
        return out
