"""The .voice file: a zip with a card, the networks, the codebook, and where there is one a consent and a sample.

An older format is read, a newer one refused in a sentence; damage, other kinds of file and files that unpack to more
than they may are refused before anything of them is used.
"""

import io
import json
import os
import tempfile
import tomllib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.bands import BANDS
from performer.voice.phones import PHONES

__all__ = ["FORMAT", "Card", "PitchRange", "Statistics", "VoiceFile", "read_voice_file", "write_voice_file"]

FORMAT = 1
_LARGEST_FILE, _LARGEST_UNPACKED = 60_000_000, 120_000_000
# Models of other projects bring an encoder of 380 MB; this member tells that it is one.
_LARGEST_FOREIGN, _FOREIGN = 1_200_000_000, "foreign.json"
_CARD, _STATISTICS, _CODEBOOK = "card.toml", "statistics.npz", "codebook.npz"
# Of the statistics that are not one number a band.
_SHAPES = {"content_means": (len(PHONES), 64), "said_means": (len(PHONES), BANDS)}
_CONSENT, _SAMPLE = "consent.toml", "sample.opus"
# Far outside of any voice; within, every pitch has a logarithm.
_LOWEST_HERTZ, _HIGHEST_HERTZ = 1.0, 20_000.0


class PitchRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hertz: what 5, 50 and 95 % of the voiced frames of the recordings stay under.

    Raises:
        ValueError: they are not in order, or no pitches; msgspec makes its own error of it, with the place.
    """

    low: float
    middle: float
    high: float

    def __post_init__(self) -> None:
        if not _LOWEST_HERTZ <= self.low <= self.middle <= self.high <= _HIGHEST_HERTZ:
            raise ValueError(
                f"low, middle and high must rise and lie between {_LOWEST_HERTZ:g} and {_HIGHEST_HERTZ:g} Hz, "
                f"not {self.low:g}, {self.middle:g}, {self.high:g}"
            )


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who it is, whose, what for. languages: BCP 47 of the recordings. recordings: what it was made from.

    nearest: share of the target's own frames in its voiced sounds, 0..1: most of them in a preview, else nothing.
    """

    name: str
    kind: Literal["cloned", "designed", "foreign"]
    licence: str
    range: PitchRange
    format: int = FORMAT
    languages: tuple[str, ...] = ()
    credit: str = ""
    recordings: str = ""
    minutes: float = 0.0
    made: str = ""
    person: str = ""
    nearest: float = 0.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Mean and deviation (bands,) of the target's log bands without loudness, of voiced and of unvoiced frames.

    said_mean, lift: mean of what the decoder says in voiced frames, and by how much its movement about it falls short
    of the target's (T. Toda, K. Tokuda, "A speech parameter generation algorithm considering global variance", 2007).
    content_means, said_means: (40, 64), (40, 80) of the target's voiced frames and of what the decoder says in them,
    for each phone.
    """

    voiced_mean: NDArray[np.float32]
    voiced_deviation: NDArray[np.float32]
    unvoiced_mean: NDArray[np.float32]
    unvoiced_deviation: NDArray[np.float32]
    said_mean: NDArray[np.float32] | None = None
    lift: NDArray[np.float32] | None = None
    content_means: NDArray[np.float32] | None = None
    said_means: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """What lies in a .voice file. members: networks and what else a kind needs, by name ("content.onnx", ...)."""

    card: Card
    members: dict[str, bytes]
    statistics: Statistics | None = None
    codebook: dict[str, NDArray[np.generic]] | None = None
    consent: str = ""
    sample: bytes = b""


def _packed(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)  # pyright: ignore[reportArgumentType]
    return out.getvalue()


def _arrays(raw: bytes) -> dict[str, NDArray[np.generic]]:
    with np.load(io.BytesIO(raw), allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}


def write_voice_file(path: Path, voice: VoiceFile) -> None:
    """Beside, then renamed: a stop in between leaves what was there."""
    members = dict(voice.members)
    members[_CARD] = _card_toml(voice.card).encode()
    if voice.statistics is not None:
        kept = {name: getattr(voice.statistics, name) for name in Statistics.__dataclass_fields__}
        members[_STATISTICS] = _packed({name: values for name, values in kept.items() if values is not None})
    if voice.codebook is not None:
        members[_CODEBOOK] = _packed(voice.codebook)
    if voice.consent:
        members[_CONSENT] = voice.consent.encode()
    if voice.sample:
        members[_SAMPLE] = voice.sample
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(members):
                # A fixed time, so that the same voice is the same file.
                archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), members[name], zipfile.ZIP_DEFLATED)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def read_voice_file(path: Path) -> VoiceFile:
    """Everything in it, checked; UserError in one sentence for what is no voice."""
    try:
        with zipfile.ZipFile(path) as archive:
            foreign = _FOREIGN in archive.namelist()
            if path.stat().st_size > (largest := _LARGEST_FOREIGN if foreign else _LARGEST_FILE):
                raise UserError(f"{path.name} is larger than any voice may be ({largest // 1_000_000} MB)")
            largest = _LARGEST_FOREIGN if foreign else _LARGEST_UNPACKED
            if sum(entry.file_size for entry in archive.infolist()) > largest:
                raise UserError(f"{path.name} unpacks to more than any voice may hold; it is not a voice of ours")
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except FileNotFoundError:
        raise UserError(f"there is no voice file {path}; `nichang voice list` names what there is") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder, not a voice file") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError, RuntimeError):
        raise UserError(f"{path.name} is damaged or no .voice file (which is a zip with a card.toml)") from None
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}") from None
    card = _card(path.name, members.pop(_CARD, None))
    try:
        statistics = members.pop(_STATISTICS, None)
        codebook = members.pop(_CODEBOOK, None)
        return VoiceFile(
            card,
            sample=members.pop(_SAMPLE, b""),
            consent=members.pop(_CONSENT, b"").decode(),
            statistics=_statistics(_arrays(statistics)) if statistics else None,
            codebook=_arrays(codebook) if codebook else None,
            members=members,
        )
    except (ValueError, TypeError, zipfile.BadZipFile, EOFError, KeyError):
        raise UserError(f"{path.name} is damaged: its statistics or codebook cannot be read; make it anew") from None


def _statistics(arrays: dict[str, NDArray[np.generic]]) -> Statistics:
    # Voices made on the first days know one mean for all phones.
    if (one := arrays.pop("content_mean", None)) is not None:
        arrays["content_means"] = np.tile(one, (len(PHONES), 1))
    for name, values in arrays.items():
        if values.shape != _SHAPES.get(name, (BANDS,)):
            raise ValueError(f"{name} is of shape {values.shape}")
    return Statistics(**arrays)  # pyright: ignore[reportArgumentType]


def _card_toml(card: Card) -> str:
    """JSON's strings, numbers and lists are TOML's too; the one table comes last."""
    kept = msgspec.to_builtins(card)
    tables = {key: value for key, value in kept.items() if isinstance(value, dict)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in kept.items() if key not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    # The one character that JSON leaves as it is and TOML forbids.
    return "\n".join([*lines, ""]).replace("\x7f", "\\u007f")


def _card(name: str, raw: bytes | None) -> Card:
    if raw is None:
        raise UserError(f"{name} is a zip, but no voice: it holds no card.toml")
    try:
        kept = tomllib.loads(raw.decode())
        found = kept.get("format", FORMAT)
        if isinstance(found, int) and found > FORMAT:
            raise UserError(f"{name} was made by a newer nichang (format {found}; this one reads {FORMAT}): update")
        return msgspec.convert(kept, Card)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as problem:
        raise UserError(f"the card of {name} cannot be read: {problem}") from None
