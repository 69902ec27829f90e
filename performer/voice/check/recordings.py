"""Checks a folder of recordings (a shell: lists folders, reads sound files)."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.check.alike import Print, copies, take_print
from performer.voice.check.defects import band_end, clipping
from performer.voice.check.ears import Ears, Heard
from performer.voice.check.findings import file_findings
from performer.voice.check.frames import FINE, STEP
from performer.voice.check.persons import Voice, strangers
from performer.voice.check.phrases import phrases
from performer.voice.check.report import FileReport, Finding, Measures, Report, Severity
from performer.voice.check.room import DECAYS, decays, hear_room
from performer.voice.check.speaker import signatures
from performer.voice.check.speech import levels, speech_frames
from performer.voice.check.weights import weights
from performer.voice.check.windows import likelihood, window_rows
from performer.voice.sound import SoundError, open_sound

__all__ = [
    "CheckError",
    "Examined",
    "Progress",
    "check",
    "examine",
    "examine_heard",
    "find_recordings",
    "thresholds",
    "together",
]

Progress = Callable[[Path, float], None]
"""Called with the file in work and the share of all files that is done."""
_OTHER_TEXT = ".txt .md .toml .json .csv .tsv .lab .xml .yaml .yml .ini .log .html .lrc .srt .ass .textgrid .py"
_OTHER_DATA = ".mid .midi .pdf .png .jpg .jpeg .gif .svg .zip .reapeaks .asd .db .voice .onnx"
_OTHER = frozenset(f"{_OTHER_TEXT} {_OTHER_DATA}".split(" "))
_SURE_PITCH = 0.75


class CheckError(UserError):
    """There is nothing to check; the message says why."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What is kept of a file until all have been heard."""

    report: FileReport
    voice: Voice
    print: Print
    decays: NDArray[np.float32]


@cache
def thresholds() -> Mapping[str, Mapping[str, float]]:
    """thresholds.toml, by section and name."""
    return tomllib.loads(Path(__file__).with_name("thresholds.toml").read_text(encoding="utf-8"))


def find_recordings(paths: Iterable[Path]) -> list[Path]:
    """Files as they are, and all files in folders, sorted, hidden ones and what is plainly no sound left out.

    Raises:
        CheckError: a path does not exist, or nothing is left.
    """
    found: list[Path] = []
    given = list(paths)
    for path in given:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            hidden = (any(part.startswith(".") for part in p.relative_to(path).parts) for p in inside)
            found += [p for p, hide in zip(inside, hidden, strict=True) if not hide and p.suffix.lower() not in _OTHER]
        elif path.exists():
            found.append(path)
        else:
            raise CheckError(f"{path}: no such file or folder")
    if not found:
        raise CheckError(f"no recordings in {', '.join(map(str, given)) or 'nothing'}; name a folder of sound files")
    return list(dict.fromkeys(found))


def check(paths: Iterable[Path], progress: Progress | None = None) -> Report:
    """Hear all recordings and say what is wrong with each and with all together.

    Takes about 3 % of their length on one core and holds the features of one file at a time.

    Raises:
        CheckError: there is nothing to check.
    """
    files = find_recordings(paths)
    examined: list[Examined] = []
    for number, path in enumerate(files):
        if progress is not None:
            progress(path, number / len(files))
        examined.append(examine(path))
    return together(examined)


def together(examined: list[Examined]) -> Report:
    """What is only seen when all are known: the room of short files, strangers, copies, too little."""
    limits = thresholds()
    pooled = sum((one.decays for one in examined if one.report.usable), np.zeros(DECAYS, np.float32))
    reports = [one.report for one in examined]
    reports = _with_strangers(reports, [one.voice for one in examined], limits)
    reports = _with_copies(reports, [one.print for one in examined], limits)
    return Report(tuple(reports), tuple(_overall(reports, pooled, limits)))


def examine(path: Path) -> Examined:
    """One file by itself; a file that cannot be read is a finding, not an error."""
    nothing = Voice(np.zeros((0, 2)), np.zeros((0, 0))), Print(np.zeros((0, 20), np.bool_), np.zeros(0, np.bool_))
    empty = np.zeros(DECAYS, np.float32)
    try:
        reader = open_sound(path)
        ears = Ears(reader.rate)
        heard_seconds = 0.0
        limit = thresholds()["length"]["longest_hours"] * 3600
        for block in reader.blocks():
            ears.feed(block)
            heard_seconds += len(block) / reader.rate
            if heard_seconds > limit:
                raise SoundError(f"{path} lasts more than {limit / 3600:.0f} h; cut it into takes")
    except SoundError as error:
        says = str(error).removeprefix(f"{path}").lstrip(": ")
        return Examined(FileReport(path, None, (Finding("unreadable", Severity.REFUSE, says),)), *nothing, empty)
    heard = ears.finish()
    return examine_heard(path, heard)


def examine_heard(path: Path, heard: Heard) -> Examined:
    """The same of what `Ears` have heard."""
    limits, fitted = thresholds(), weights()
    fine, coarse = heard.fine, heard.coarse
    loud = levels(fine, coarse)
    active = speech_frames(fine, coarse)
    sure = active & (coarse.clear > _SURE_PITCH) & (coarse.hertz > 0)
    pitch = np.percentile(coarse.hertz[sure], (5, 50, 95)) if sure.sum() > 10 else (None, None, None)
    falling = decays(fine)
    piles = clipping(heard.tape)
    hard = max(piles, key=lambda pile: pile.hard, default=None)
    measures = Measures(
        seconds=heard.seconds,
        rate=heard.rate,
        channels=heard.sides.channels,
        weights=heard.sides.weights,
        speech=float(loud.active.sum() * FINE),
        voiced=float((active & (coarse.clear > 0.55)).sum() * STEP),
        peak_db=_db(float(heard.tape.envelope.max(initial=0.0)) ** 2) or -120.0,
        speech_db=_db(loud.speech),
        noise_db=_db(loud.noise) if loud.noise is not None else None,
        snr_db=loud.snr_db,
        band=band_end(heard.tape),
        room=hear_room(falling, fitted),
        low=_float(pitch[0]),
        middle=_float(pitch[1]),
        high=_float(pitch[2]),
        clipped=hard.share if hard is not None and hard.hard >= limits["clipping"]["hard"] else 0.0,
    )
    starts, rows = window_rows(coarse)
    odds = {kind: likelihood(rows, kind, fitted) for kind in ("music", "voices")}
    findings = file_findings(heard, measures, odds, starts, limits)
    # The last frames reach beyond the end.
    inside = slice(0, int(heard.seconds / FINE))
    report = FileReport(path, measures, findings, phrases(fine.level[inside], loud.active[inside]))
    return Examined(report, Voice(*signatures(coarse, active)), take_print(coarse, active), falling)


def _db(power: float) -> float | None:
    return float(10 * np.log10(power)) if power > 1e-12 else None


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _with_strangers(
    reports: list[FileReport], voices: list[Voice], limits: Mapping[str, Mapping[str, float]]
) -> list[FileReport]:
    # Who is not usable for another reason (music, two at once) must not be taken for the voice.
    judged = [
        voice if report.usable else Voice(voice.spans[:0], voice.raw[:0])
        for report, voice in zip(reports, voices, strict=True)
    ]
    found = strangers(judged, weights(), limits["speaker"]["span_ratio"])
    out: list[FileReport] = []
    for report, stranger in zip(reports, found, strict=True):
        measures = report.measures
        sung = measures is not None and measures.voiced > limits["speaker"]["sung_voiced"] * measures.speech
        if stranger is None or measures is None:
            pass
        elif sung:
            # Notes, whispers and belting of one person are farther apart than the speech of two.
            if stranger.ratio < limits["speaker"]["sung_ratio"] and len(reports) > 1:
                says = "it sounds unlike the other recordings; leave it out if it is not the same person"
                report = _with(report, Finding("stranger", Severity.WARN, says))
        elif stranger.ratio < limits["speaker"]["file_ratio"] and len(reports) > 1:
            says = "its voice is not that of the other recordings; leave it out, or make a voice of its own"
            report = _with(report, Finding("stranger", Severity.REFUSE, says))
        elif stranger.spans:
            says = "another voice speaks in places; those phrases are left out: cut it away if it is somebody else"
            report = _with(report, Finding("second_voice", Severity.WARN, says, stranger.spans, left_out=True))
        out.append(report)
    return out


def _with(report: FileReport, finding: Finding) -> FileReport:
    return replace(report, findings=(*report.findings, finding))


def _with_copies(
    reports: list[FileReport], prints: list[Print], limits: Mapping[str, Mapping[str, float]]
) -> list[FileReport]:
    out = list(reports)
    usable = [number for number, report in enumerate(reports) if report.usable]
    for copy in copies([prints[number] for number in usable]):
        one, two = usable[copy.one], usable[copy.two]
        shorter = min((one, two), key=lambda k: out[k].measures.speech if out[k].measures else 0.0)  # pyright: ignore[reportOptionalMemberAccess]
        other = one if shorter == two else two
        measures = out[shorter].measures
        if measures is None or not (out[one].usable and out[two].usable):
            continue
        if copy.seconds < limits["copies"]["share"] * measures.speech:
            says = f"{copy.seconds:.0f} s of it are also in {out[other].path.name}"
            out[shorter] = _with(out[shorter], Finding("copy", Severity.NOTE, says))
        else:
            says = f"it is the same recording as {out[other].path.name}; one of them is enough"
            out[shorter] = _with(out[shorter], Finding("copy", Severity.REFUSE, says))
    return out


def _overall(
    reports: list[FileReport], pooled: NDArray[np.float32], limits: Mapping[str, Mapping[str, float]]
) -> list[Finding]:
    found: list[Finding] = []
    speech = sum(report.measures.speech for report in reports if report.usable and report.measures)
    left = [report for report in reports if not report.usable]
    length = limits["length"]
    if speech < length["refuse_seconds"]:
        more = length["refuse_seconds"] - speech
        says = (
            f"there are {_time(speech)} of usable voice; at least {_time(length['refuse_seconds'])} are needed, "
            f"so record {_time(more)} more (ten minutes make a good voice)"
        )
        found.append(Finding("too_little", Severity.REFUSE, says))
    elif speech < length["warn_seconds"]:
        says = (
            f"there are {_time(speech)} of usable voice; {_time(length['wanted_seconds'] - speech)} more make it better"
        )
        found.append(Finding("little", Severity.WARN, says))
    if left:
        reasons = sorted(
            {finding.kind for report in left for finding in report.findings if finding.severity is Severity.REFUSE}
        )
        says = f"left out: {len(left)} of {len(reports)} files ({', '.join(reasons)})"
        found.append(Finding("left_out", Severity.WARN, says))
    others = sum(any(finding.kind == "stranger" for finding in report.findings) for report in reports)
    if others >= limits["speaker"]["two_files"] and others > limits["speaker"]["two_share"] * len(reports):
        says = (
            f"{others} of {len(reports)} files sound like somebody else than the rest, as if two people were recorded; "
            "give one person's recordings, in a folder of their own, and make a voice of each"
        )
        found.append(Finding("two_people", Severity.WARN, says))
    room = hear_room(pooled, weights())
    if room is not None and room.late_db < limits["room"]["warn_late_db"]:
        says = f"taken together, the recordings have the sound of a room (about {room.t60:.1f} s); record nearer by"
        found.append(Finding("reverberation", Severity.WARN, says))
    return found


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"
