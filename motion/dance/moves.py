"""A move as a record, and the text format in which people write moves.

Only the score of a move: which part of the body is where at which count. How one gets there is the player's.
The format is explained in presets/moves/README.md.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

from motion.dance.hands import HAND_SHAPES
from motion.errors import UserError

__all__ = ["BodyKey", "Ease", "FootKey", "HandKey", "Move", "MoveError", "STYLES", "parse_moves"]

Ease = Literal["settle", "hit", "flow"]
Side = Literal["L", "R"]
_EASES: dict[str, Ease] = {"!": "hit", "~": "flow"}
STYLES = ("idol", "pop", "rock", "ballad", "street", "latin", "classical", "cool", "any")
_DIRECTIONS: dict[str, tuple[float, float, float]] = {
    **{"o": (1, 0, 0), "i": (-1, 0, 0), "u": (0, 1, 0), "d": (0, -1, 0), "f": (0, 0, 1), "b": (0, 0, -1)}
}
# Components of a body track and how far each may go (degrees; hips x y z in % of the leg).
_BODY: dict[str, dict[str, float]] = {
    "hips": {"x": 20, "y": 40, "z": 20, "yaw": 70, "pitch": 60, "roll": 30},
    "chest": {"yaw": 70, "pitch": 60, "roll": 40},
    "head": {"yaw": 75, "pitch": 45, "roll": 40},
}
_NEGATED = ("x", "yaw", "roll")
_TRACKS = ("face", "foot", *_BODY, "handL", "handR")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"


class MoveError(UserError):
    """A move file cannot be read; the message names file, line, and what is allowed."""


@dataclass(frozen=True, slots=True)
class BodyKey:
    """count: 0 = first count. values in the order of the track's components (face: one angle in degrees)."""

    count: float
    ease: Ease
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FootKey:
    """Where a foot lands: x (left), z (forward) in leg lengths about the move's spot, yaw in degrees or None.

    touch: no weight on it. kick: height in leg lengths with the leg in the air at the count, 0 = on the floor.
    jump: this foot lands from a jump. slide: the foot stays on the floor while it moves.
    """

    count: float
    side: Side
    x: float
    z: float
    yaw: float | None = None
    touch: bool = False
    kick: float = 0.0
    jump: bool = False
    slide: bool = False


@dataclass(frozen=True, slots=True)
class HandKey:
    """Where a wrist is. at: out, up, forward in arm lengths from the anchor ("" = shoulder joint), chest frame.

    palm, fingers, elbow: directions (out, up, forward) or None for "as it falls".
    """

    count: float
    ease: Ease
    anchor: str
    at: tuple[float, float, float]
    shape: str = "relax"
    palm: tuple[float, float, float] | None = None
    fingers: tuple[float, float, float] | None = None
    elbow: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A phrase of `counts` beats. energy: 0..1, how much it asks for. body: face, hips, chest, head -> keys."""

    name: str
    counts: int
    style: str = "any"
    energy: float = 0.5
    tags: frozenset[str] = frozenset()
    body: dict[str, tuple[BodyKey, ...]] = field(default_factory=dict)
    feet: tuple[FootKey, ...] = ()
    left: tuple[HandKey, ...] = ()
    right: tuple[HandKey, ...] = ()

    def mirrored(self) -> "Move":
        """The same move with left and right swapped; its mirror is the move itself."""
        body: dict[str, tuple[BodyKey, ...]] = {}
        for track, keys in self.body.items():
            parts = ("yaw",) if track == "face" else tuple(_BODY[track])
            signs = tuple(-1.0 if part in _NEGATED else 1.0 for part in parts)
            body[track] = tuple(
                replace(key, values=tuple(0.0 + s * v for s, v in zip(signs, key.values, strict=True))) for key in keys
            )
        feet = tuple(
            replace(
                key,
                side="R" if key.side == "L" else "L",
                x=0.0 - key.x,
                yaw=None if key.yaw is None else 0.0 - key.yaw,
            )
            for key in self.feet
        )
        return replace(self, body=body, feet=feet, left=self.right, right=self.left)


@dataclass(slots=True)
class _Reader:
    """Where in which file we are, so that every complaint says so."""

    source: str
    line: int = 0

    def fail(self, what: str) -> NoReturn:
        raise MoveError(f"{self.source}, line {self.line}: {what}")

    def number(self, text: str, what: str, limit: float) -> float:
        if not re.fullmatch(_NUMBER, text):
            self.fail(f"{what} is '{text}'; a number is needed")
        value = float(text)
        if abs(value) > limit:
            self.fail(f"{what} is {text}; allowed is -{limit:g} to {limit:g}")
        return value

    def numbers(self, text: str, what: str, least: int, most: int, limit: float) -> list[float]:
        parts = text.split(",")
        if not least <= len(parts) <= most:
            self.fail(f"{what} is '{text}'; {most} numbers with commas between are needed")
        return [self.number(part, what, limit) for part in parts]

    def direction(self, text: str, what: str) -> tuple[float, float, float]:
        if not text or any(letter not in _DIRECTIONS for letter in text):
            self.fail(f"{what} is '{text}'; allowed are the letters o i u d f b (out in up down forward back)")
        x, y, z = (sum(_DIRECTIONS[letter][axis] for letter in text) for axis in range(3))
        if x == y == z == 0:
            self.fail(f"{what}={text} points nowhere; opposite letters cancel")
        return (x, y, z)


def _header(reader: _Reader, words: list[str]) -> Move:
    if len(words) < 3 or not re.fullmatch(r"[a-z][a-z0-9_]*", words[1]):
        reader.fail("a move starts with: move NAME COUNTS [style=.. energy=.. tags=a,b], NAME in a-z 0-9 _")
    if not re.fullmatch(r"\d+", words[2]) or int(words[2]) not in (1, 2, 4, 8, 16):
        reader.fail(f"move {words[1]} has '{words[2]}' counts; allowed are 1, 2, 4, 8, 16")
    move = Move(words[1], int(words[2]))
    for word in words[3:]:
        name, _, value = word.partition("=")
        if name == "style" and value in STYLES:
            move = replace(move, style=value)
        elif name == "style":
            reader.fail(f"style '{value}' is unknown; allowed are {', '.join(STYLES)}")
        elif name == "energy":
            energy = reader.number(value, "energy", 1)
            if energy < 0:
                reader.fail(f"energy is {value}; allowed is 0 to 1")
            move = replace(move, energy=energy)
        elif name == "tags":
            move = replace(move, tags=frozenset(filter(None, value.split(","))))
        else:
            reader.fail(f"'{word}' is unknown; allowed are style=, energy=, tags=")
    return move


def _body_key(reader: _Reader, track: str, count: float, words: list[str]) -> BodyKey:
    ease: Ease = "settle"
    parts = ("yaw",) if track == "face" else tuple(_BODY[track])
    values = dict.fromkeys(parts, 0.0)
    for word in words:
        if word in _EASES:
            ease = _EASES[word]
        elif track == "face":
            values["yaw"] = reader.number(word, "face", 800)
        else:
            found = re.fullmatch(rf"([a-z]+)({_NUMBER})", word)
            if not found or found[1] not in values:
                reader.fail(f"'{word}' is unknown on {track}; allowed are {' '.join(parts)} with a number, and ! ~")
            values[found[1]] = reader.number(found[2], f"{track} {found[1]}", _BODY[track][found[1]])
    return BodyKey(count, ease, tuple(values.values()))


def _foot_key(reader: _Reader, count: float, words: list[str]) -> FootKey:
    if len(words) < 2 or words[0] not in ("L", "R"):
        reader.fail("a foot key reads: COUNT L|R x,z[,yaw] [t|aHEIGHT|b|s]")
    at = reader.numbers(words[1], "foot", 2, 3, 800)
    if abs(at[0]) > 1.2 or abs(at[1]) > 1.2:
        reader.fail(f"foot lands at {words[1]}; x and z are leg lengths, allowed is -1.2 to 1.2")
    key = FootKey(count, words[0], at[0], at[1], at[2] if len(at) > 2 else None)
    for word in words[2:]:
        if word == "t":
            key = replace(key, touch=True)
        elif word == "b":
            key = replace(key, jump=True)
        elif word == "s":
            key = replace(key, slide=True)
        elif re.fullmatch(r"a\d+", word) and int(word[1:]) <= 110:
            key = replace(key, kick=int(word[1:]) / 100)
        else:
            reader.fail(f"'{word}' is unknown on foot; allowed are t (touch), a1..a110 (kick), b (jump), s (slide)")
    return key


def _hand_key(reader: _Reader, count: float, words: list[str]) -> HandKey:
    key = HandKey(count, "settle", "rest", (0.0, 0.0, 0.0))
    for word in words:
        name, equals, value = word.partition("=")
        if word in _EASES:
            key = replace(key, ease=_EASES[word])
        elif word in HAND_SHAPES:
            key = replace(key, shape=word)
        elif word in ("rest", "hip"):
            key = replace(key, anchor=word)
        elif equals and name in ("palm", "fing", "elbow"):
            direction = reader.direction(value, name)
            if name == "palm":
                key = replace(key, palm=direction)
            elif name == "fing":
                key = replace(key, fingers=direction)
            else:
                key = replace(key, elbow=direction)
        elif re.match(r"(mid:|head:)?[-+.\d]", word):
            anchor, _, numbers = word.rpartition(":")
            x, y, z = reader.numbers(numbers, "hand", 3, 3, 1.2)
            key = replace(key, anchor=anchor, at=(x, y, z))
        else:
            reader.fail(
                f"'{word}' is unknown on a hand; allowed are out,up,forward, mid:.., head:.., hip, rest, "
                f"palm= fing= elbow= with letters o i u d f b, ! ~, and the shapes {' '.join(HAND_SHAPES)}"
            )
    return key


def _track(reader: _Reader, move: Move, track: str, text: str) -> Move:
    body: list[BodyKey] = []
    feet: list[FootKey] = []
    hands: list[HandKey] = []
    last: dict[str, float] = {}
    for part in text.split("|"):
        words = part.split()
        if not words:
            reader.fail(f"{track} has an empty key; keys are separated by one |")
        count = reader.number(words[0], "count", 17) - 1.0
        if not 0.0 <= count < move.counts:
            reader.fail(f"count {words[0]} lies outside the move's 1 to {move.counts}.99")
        lane = words[1] if track == "foot" and len(words) > 1 else ""
        if count <= last.get(lane, -1.0):
            reader.fail(f"{track} counts must increase; {words[0]} comes too late")
        last[lane] = count
        if track == "foot":
            feet.append(_foot_key(reader, count, words[1:]))
        elif track in ("handL", "handR"):
            hands.append(_hand_key(reader, count, words[1:]))
        else:
            body.append(_body_key(reader, track, count, words[1:]))
    if track == "foot":
        return replace(move, feet=tuple(sorted(feet, key=lambda key: key.count)))
    if track == "handL":
        return replace(move, left=tuple(hands))
    if track == "handR":
        return replace(move, right=tuple(hands))
    return replace(move, body={**move.body, track: tuple(body)})


def parse_moves(text: str, source: str = "moves") -> list[Move]:
    """Read all moves of a text.

    Raises:
        MoveError: names `source`, the line and what is allowed there.
    """
    reader = _Reader(source)
    moves: list[Move] = []
    seen: set[str] = set()
    for number, raw in enumerate(text.splitlines(), start=1):
        reader.line = number
        line = raw.split("#")[0].strip()
        if not line:
            continue
        word, _, rest = line.partition(" ")
        if word == "move":
            move = _header(reader, line.split())
            if any(move.name == other.name for other in moves):
                reader.fail(f"there are two moves '{move.name}'")
            moves.append(move)
            seen = set()
        elif word not in _TRACKS:
            reader.fail(f"'{word}' is unknown; a line starts with move, {', '.join(_TRACKS)}")
        elif not moves:
            reader.fail("a track stands before the first move line")
        elif word in seen:
            reader.fail(f"move {moves[-1].name} has two {word} lines; write all keys on one")
        else:
            seen.add(word)
            moves[-1] = _track(reader, moves[-1], word, rest)
    return moves
