"""When every sound of a song is sung: consonants ahead of the beat, late closes, breaths where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from motion.errors import UserError
from presets.songs.singer.phones import CONTINUES, Consonant, SungSyllable, consonant, read

__all__ = ["Breath", "Note", "Part", "Phone", "Placed", "phones", "place"]

JOINED = 0.09
"""Gaps below this many seconds are sung through."""

BREATH_ROOM = 0.38
SHORTEST = 0.45
"""Share of a syllable that the consonants of the next one leave to it."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note. start_s is where its vowel begins.

    syllable: pinyin without tone, ARPAbet in braces, or "" to carry on the syllable before. slur: bound to the note
    before by a slide. loudness: 0..1, 0.7 is ordinary. tone: of a Mandarin syllable, 1..4, which bends the way into
    its note; 0 and 5: none.
    """

    start_s: float
    length_s: float
    midi: float
    syllable: str
    slur: bool = False
    loudness: float = 0.7
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Phone:
    """What is heard from start to end (seconds): name as in phones.toml, "br" for a breath."""

    start: float
    end: float
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A consonant in its place; scale: its lengths against the table's."""

    kind: Consonant
    start: float
    end: float
    scale: float


@dataclass(frozen=True, slots=True)
class Breath:
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A syllable in time. begin .. onset: consonants; onset .. end: the vowel with its glides; then `after`.

    notes: the notes sung on it, at least one. opens, closes: first and last of its phrase.
    """

    syllable: SungSyllable
    notes: tuple[Note, ...]
    begin: float
    onset: float
    end: float
    before: tuple[Part, ...] = ()
    after: tuple[Part, ...] = ()
    opens: bool = True
    closes: bool = True
    breath: Breath | None = None
    glide_end: float = field(default=0.0)
    close_start: float = field(default=0.0)
    coda_start: float = field(default=0.0)


def place(notes: Sequence[Note]) -> list[Placed]:
    """The song's syllables in order of time.

    Raises:
        UserError: a note without length, or one that carries on nothing.
    """
    out: list[Placed] = []
    for placed in _syllables(sorted(notes, key=attrgetter("start_s"))):
        kinds = [consonant(name) for name in placed.syllable.before]
        wanted = sum(kind.seconds for kind in kinds)
        previous = out[-1] if out else None
        free = placed.onset
        if previous:
            free = placed.onset - (previous.onset + SHORTEST * (min(previous.end, placed.onset) - previous.onset))
        scale = min(1.0, max(free, 0.01) / wanted) if wanted else 1.0
        begin = placed.onset - wanted * scale
        if previous:
            room = begin - previous.end
            joined = room < JOINED
            # A joined syllable fills the gap, one that runs into the next is cut.
            out[-1] = replace(previous, end=begin if joined else previous.end, closes=not joined)
            breath = _breath(begin, room) if not joined else None
        else:
            joined, breath = False, _breath(begin, begin)
        before = tuple(_row(kinds, begin, scale))
        out.append(replace(placed, begin=begin, before=before, opens=not joined, closes=True, breath=breath))
    return [_inside(placed) for placed in out]


def phones(song: Sequence[Placed]) -> list[Phone]:
    """Every sound with its time, in order."""
    out: list[Phone] = []
    for placed in song:
        if placed.breath:
            out.append(Phone(placed.breath.start, placed.breath.end, "br"))
        out += [Phone(part.start, part.end, part.kind.name) for part in placed.before]
        final = placed.syllable.final
        vowel_end = placed.after[0].start if placed.after else placed.end
        edges = [placed.onset, placed.glide_end, placed.close_start, placed.coda_start, vowel_end]
        names = [final.glide, final.core, final.close, final.coda]
        out += [Phone(a, b, name) for a, b, name in zip(edges, edges[1:], names, strict=False) if name and b > a]
        out += [Phone(part.start, part.end, part.kind.name) for part in placed.after]
    return out


def _syllables(notes: Sequence[Note]) -> list[Placed]:
    out: list[Placed] = []
    for note in notes:
        if note.length_s <= 0.0:
            raise UserError(f"The note at {note.start_s:.2f} s has no length: give it one above 0.")
        end = note.start_s + note.length_s
        if note.syllable.strip() in CONTINUES:
            if not out:
                raise UserError("The first note carries on no syllable: write one.")
            out[-1] = replace(out[-1], notes=(*out[-1].notes, note), end=end)
            continue
        read_as = read(note.syllable)
        share = note.length_s / len(read_as)
        for n, syllable in enumerate(read_as):
            start = note.start_s + n * share
            piece = replace(note, start_s=start, length_s=share, slur=note.slur or n > 0)
            out.append(Placed(syllable, (piece,), start, start, start + share))
    return out


def _row(kinds: Sequence[Consonant], begin: float, scale: float) -> list[Part]:
    out: list[Part] = []
    for kind in kinds:
        out.append(Part(kind, begin, begin + kind.seconds * scale, scale))
        begin = out[-1].end
    return out


def _breath(begin: float, room: float) -> Breath | None:
    if room < BREATH_ROOM:
        return None
    length = min(0.42, 0.6 * room)
    end = begin - 0.05
    return Breath(end - length, end)


def _inside(placed: Placed) -> Placed:
    """Where glide, close and coda lie inside the vowel: the core is held, the rest comes late."""
    final = placed.syllable.final
    kinds = [consonant(name) for name in placed.syllable.after]
    wanted = sum(kind.seconds for kind in kinds)
    length = placed.end - placed.onset
    scale = min(1.0, 0.4 * length / wanted) if wanted else 1.0
    after = tuple(_row(kinds, placed.end - wanted * scale, scale))
    end = after[0].start if after else placed.end
    length = end - placed.onset
    coda = min(max(0.32 * length, 0.05), 0.12 + 0.03 * length) if final.coda else 0.0
    close = min(max(0.36 * length, 0.06), 0.17) if final.close else 0.0
    glide = min(0.085, 0.26 * length) if final.glide else 0.0
    used = coda + close + glide
    shrink = min(1.0, 0.8 * length / used) if used else 1.0
    coda_start = end - coda * shrink
    close_start = coda_start - close * shrink
    return replace(
        placed,
        after=after,
        glide_end=placed.onset + glide * shrink,
        close_start=close_start,
        coda_start=coda_start,
    )
