"""What a check of recordings says. Data only."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from performer.voice.check.room import Room

__all__ = ["FileReport", "Finding", "Measures", "Report", "Severity", "Span"]


class Severity(StrEnum):
    """refuse: the file, or the whole folder, is not used. warn: it is used and will be heard. note: good to know."""

    REFUSE = "refuse"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds from the beginning of a file."""

    start: float
    stop: float


@dataclass(frozen=True, slots=True)
class Finding:
    """kind: a word that programs may ask for. says: what is wrong and what to do. spans: where, empty = everywhere.

    left_out: no slice is cut from the spans.
    """

    kind: str
    severity: Severity
    says: str
    spans: tuple[Span, ...] = ()
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Measures:
    """Levels in dB of full scale; None where it could not be heard.

    speech: seconds of speech or song; voiced: of them with a pitch. band: hertz where the energy ends. low, middle,
    high: 5th, 50th and 95th percentile of the pitch in hertz. weights: how left and right are mixed.
    """

    seconds: float
    rate: int
    channels: int
    weights: tuple[float, float]
    speech: float
    voiced: float
    peak_db: float
    speech_db: float | None
    noise_db: float | None
    snr_db: float | None
    band: float | None
    room: Room | None
    low: float | None
    middle: float | None
    high: float | None
    clipped: float


@dataclass(frozen=True, slots=True)
class FileReport:
    """measures: None where nothing could be heard. phrases: what `slices` may cut, in order."""

    path: Path
    measures: Measures | None
    findings: tuple[Finding, ...]
    phrases: tuple[Span, ...] = ()

    @property
    def usable(self) -> bool:
        return self.measures is not None and all(f.severity is not Severity.REFUSE for f in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """files: in the order they were given; findings: of all of them together."""

    files: tuple[FileReport, ...]
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """A voice can be made of what is left."""
        return all(finding.severity is not Severity.REFUSE for finding in self.findings)

    @property
    def used(self) -> tuple[FileReport, ...]:
        return tuple(file for file in self.files if file.usable)

    @property
    def speech(self) -> float:
        """Seconds of speech or song in the files that are used."""
        return sum(file.measures.speech for file in self.used if file.measures)

    def to_json(self) -> dict[str, Any]:
        """Plain data, as `--json` prints it."""
        out: dict[str, Any] = asdict(self)
        out |= {"usable": self.usable, "speech": round(self.speech, 2)}
        for given, file in zip(out["files"], self.files, strict=True):
            given["path"] = str(file.path)
            given["usable"] = file.usable
        return out
