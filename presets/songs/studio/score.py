"""The score of a song as a musician writes it (TOML), and its checks. Times are beats here; no sound.

How a score is written stands in presets/songs/README.md.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from presets.songs.studio.errors import ScoreError
from presets.songs.studio.harmony import Chord, note_to_pitch, parse_chord

__all__ = ["Line", "Melody", "Score", "ScoreNote", "Section", "Spot", "read_score", "words_of"]

_TOKEN = re.compile(r"(~?)([A-G][#b]?-?\d|r):(\d+(?:\.\d+)?)([!']?)")
_LOUDNESS = {"!": 1.0, "": 0.75, "'": 0.5}
_PLAY = re.compile(r"([a-z0-9_]+)(?::(\d+)(?:-(\d+))?)?")
_WORD = re.compile(r"[㐀-鿿]|[A-Za-z']+")


@dataclass(frozen=True, slots=True)
class ScoreNote:
    """start, length: beats from the song's start. slur: goes on with the syllable of the note before.
    tone: of the Mandarin syllable, 1..5, 0 for others."""

    start: float
    length: float
    pitch: int
    syllable: str = ""
    slur: bool = False
    loudness: float = 0.75
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A sung line. words: its written pieces, one for each syllable. tones: Mandarin tones 1..5, 0 for others."""

    text: str
    english: str
    words: tuple[str, ...]
    tones: tuple[int, ...]
    notes: tuple[ScoreNote, ...]


@dataclass(frozen=True, slots=True)
class Melody:
    """A written-out part of an instrument."""

    instrument: str
    notes: tuple[ScoreNote, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A pattern, melody or effect by name in the bars first..last (counted from 1) of its section."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Section:
    """first_bar: 0 is the song's first. chords: (beat from the song's start, chord).

    backing: lines for the choir alone, not among the lyrics. level: loudness of the band, 1 is as played.
    bright: 0 dark to 1 open at the section's start and end, for instruments that sweep.
    harmony: chord tones below or above the melody, one for each backing voice.
    """

    name: str
    label: str
    group: str
    first_bar: int
    bars: int
    chords: tuple[tuple[float, Chord], ...]
    play: tuple[Spot, ...]
    effects: tuple[Spot, ...]
    lines: tuple[Line, ...]
    backing: tuple[Line, ...]
    melodies: tuple[Melody, ...]
    level: float
    bright: tuple[float, float]
    harmony: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """bpms: one for each bar. key: tonic and mode. table: the file's [instrument], [pattern] and [mix] as they are."""

    title: str
    title_english: str
    key: str
    beats: int
    bpms: tuple[float, ...]
    swing: float
    sections: tuple[Section, ...]
    table: dict[str, Any]

    def seconds(self, beat: float) -> float:
        """Time of a beat; the tempo is even inside each bar."""
        bar = min(int(beat // self.beats), len(self.bpms) - 1)
        before = sum(self.beats * 60.0 / bpm for bpm in self.bpms[:bar])
        return before + (beat - bar * self.beats) * 60.0 / self.bpms[bar]

    def chord_at(self, beat: float) -> Chord:
        """The chord that sounds at a beat."""
        all_chords = [item for section in self.sections for item in section.chords]
        return next((chord for start, chord in reversed(all_chords) if start <= beat + 1e-6), all_chords[0][1])


def words_of(text: str) -> tuple[str, ...]:
    """A line's sung pieces: each hanzi, each Latin word."""
    return tuple(_WORD.findall(text))


def _notes(text: str, where: str, at: float, beats: int, transpose: int) -> list[ScoreNote]:
    """Bars split by |, each of them full; lengths in eighths."""
    notes: list[ScoreNote] = []
    for number, bar in enumerate(text.split("|")):
        filled = 0.0
        for token in bar.split():
            match = _TOKEN.fullmatch(token)
            if match is None:
                raise ScoreError(f"{where}: {token!r} is no note; write A4:3 (three eighths), ~A4:1 (slurred) or r:2")
            slur, name, length, accent = match[1] == "~", match[2], float(match[3]), match[4]
            if name != "r":
                start = at + number * beats + filled / 2.0
                pitch = note_to_pitch(name) + transpose
                notes.append(ScoreNote(start, length / 2.0, pitch, slur=slur, loudness=_LOUDNESS[accent]))
            filled += length
        if abs(filled - 2 * beats) > 1e-6:
            raise ScoreError(
                f"{where}: bar {number + 1} ({bar.strip()}) holds {filled:g} eighths; it must hold {2 * beats}"
            )
    return notes


def _line(data: dict[str, Any], where: str, at: float, beats: int, transpose: int) -> Line:
    words = words_of(data.get("text", data["say"]))
    said = re.findall(r"\{[^}]*\}|\S+", data["say"])
    notes = _notes(data["notes"], where, at, beats, transpose)
    heads = [note for note in notes if not note.slur]
    if not len(words) == len(said) == len(heads):
        raise ScoreError(
            f"{where}: {len(words)} words, {len(said)} syllables, {len(heads)} notes; they must be as many"
        )
    tones = tuple(int(s[-1]) if s[-1].isdigit() else 0 for s in said)
    sung: list[ScoreNote] = []
    at_syllable = -1
    for note in notes:
        at_syllable += not note.slur
        syllable = said[at_syllable].rstrip("12345")
        tone = tones[at_syllable]
        sung.append(ScoreNote(note.start, note.length, note.pitch, syllable, note.slur, note.loudness, tone))
    return Line(data.get("text", ""), data.get("english", ""), words, tones, tuple(sung))


def _spots(items: list[str], bars: int, where: str) -> tuple[Spot, ...]:
    spots: list[Spot] = []
    for item in items:
        match = _PLAY.fullmatch(item)
        if match is None:
            raise ScoreError(f"{where}: {item!r}; write a name, name:3 (bar 3) or name:3-8")
        first = int(match[2] or 1)
        last = int(match[3] or match[2] or bars)
        if not 1 <= first <= last <= bars:
            raise ScoreError(f"{where}: {item!r} asks for bars {first}-{last} of {bars}")
        spots.append(Spot(match[1], first, last))
    return tuple(spots)


def _chords(text: str, where: str, first_bar: int, bars: int, beats: int, transpose: int) -> list[tuple[float, Chord]]:
    split = text.split("|")
    if len(split) != bars:
        raise ScoreError(f"{where}: chords for {len(split)} bars, the section has {bars}")
    found: list[tuple[float, Chord]] = []
    for number, bar in enumerate(split):
        names = bar.split()
        if not names or beats % len(names):
            raise ScoreError(
                f"{where}: bar {number + 1} has {len(names)} chords; they must divide {beats} beats evenly"
            )
        for i, name in enumerate(names):
            chord = parse_chord(name)
            beat = (first_bar + number) * beats + i * beats / len(names)
            found.append((beat, chord.transposed(transpose) if transpose else chord))
    return found


def _section(name: str, data: dict[str, Any], first_bar: int, beats: int) -> Section:
    bars, transpose = int(data["bars"]), int(data.get("transpose", 0))

    def beat_of(item: dict[str, Any]) -> float:
        return float((first_bar + int(item.get("bar", 1)) - 1) * beats)

    lines = [_line(item, f"{name}, {item['text']}", beat_of(item), beats, transpose) for item in data.get("sing", [])]
    backing = [_line(item, f"{name}, backing", beat_of(item), beats, transpose) for item in data.get("backing", [])]
    melodies = [
        Melody(i["instrument"], tuple(_notes(i["notes"], f"{name}, {i['instrument']}", beat_of(i), beats, transpose)))
        for i in data.get("line", [])
    ]
    bright = data.get("bright", 1.0)
    return Section(
        name=name,
        label=data["label"],
        group=data.get("same_as", name),
        first_bar=first_bar,
        bars=bars,
        chords=tuple(_chords(data["chords"], name, first_bar, bars, beats, transpose)),
        play=_spots(data.get("play", []), bars, name),
        effects=_spots(data.get("effects", []), bars, name),
        lines=tuple(lines),
        backing=tuple(backing),
        melodies=tuple(melodies),
        level=float(data.get("level", 1.0)),
        bright=(bright[0], bright[1]) if isinstance(bright, list) else (bright, bright),
        harmony=tuple(data.get("harmony", [])),
    )


def read_score(path: Path) -> Score:
    """A score file.

    Raises:
        ScoreError: it cannot be read, a bar is not full, words and notes do not agree, an unknown chord or name.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScoreError(f"{path} cannot be read: {error}") from error
    beats, first_bar = int(table.get("beats", 4)), 0
    sections: list[Section] = []
    bpms: list[float] = []
    parts: dict[str, dict[str, Any]] = {}
    try:
        for data in table["section"]:
            merged = {**parts.get(data.get("same_as", ""), {}), **data}
            parts[data["name"]] = merged
            section = _section(data["name"], merged, first_bar, beats)
            own = [float(bpm) for bpm in merged.get("bpms", [])]
            bpms += own + [float(table["bpm"])] * (section.bars - len(own))
            first_bar += section.bars
            sections.append(section)
    except KeyError as error:
        raise ScoreError(f"{path}: {error} is missing") from error
    known = set(table.get("pattern", {}))
    for section in sections:
        for spot in section.play:
            if spot.name not in known:
                raise ScoreError(
                    f"{path}, {section.name}: no pattern {spot.name!r}; there are {', '.join(sorted(known))}"
                )
    return Score(
        title=table["title"],
        title_english=table.get("title_english", ""),
        key=table.get("key", ""),
        beats=beats,
        bpms=tuple(bpms),
        swing=float(table.get("swing", 0.5)),
        sections=tuple(sections),
        table=table,
    )
