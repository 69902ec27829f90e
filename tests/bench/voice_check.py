"""`nichang voice check` against damage of known strength, and its false alarms on clean recordings.

Readers that `performer.voice.check.fit` never saw (every other one of the many), songs that it never saw, and sets that
it never saw (pjs_ja, hitsuboku_kumi, ljspeech's second half...). A figure is the share of recordings in which the
finding came, in percent; what a recording shows when nothing was done to it is in the row "clean".
"""

import resource
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench._inputs import shared_data

__all__ = ["run"]

RATE = 16_000
_CLEAN = (
    *("one_speaker/kerstin_de", "one_speaker/ljspeech_en", "one_speaker/librispeech_en", "one_speaker/pjs_speech_ja"),
    *("one_speaker/audio_cmn_tan_zh", "sung/pjs_ja", "sung/yuki_ja", "sung/erithacus_ja", "sung/hitsuboku_kumi_ja"),
    *("sung/hitsuboku_kumi_zh", "many_speakers_vctk", "eval_only/common_voice_ja"),
)
_UNSEEN_SONGS = (
    *("kevin_macleod_sugar_plum", "us_army_strings_hungarian_dance_5", "joshua_morin_on_the_run"),
    *("muldjord_armygeddon", "singularity_mccracken_enemy_unknown"),
)
Sound = NDArray[np.float32]


def _readers(audio: Path, wanted: int, seconds: float, half: int) -> dict[str, list[Sound]]:
    """Pieces of each of so many readers: half 1 was never fitted to."""
    from performer.voice.check.fit import read16, recordings, split

    rows = list(recordings(audio / "many_speakers"))
    names = split([speaker for speaker, _ in rows])[half]
    out: dict[str, list[Sound]] = {}
    for name in names[:: max(1, len(names) // wanted)][:wanted]:
        paths = [path for speaker, path in rows if speaker == name]
        joined = np.concatenate([read16(path) for path in paths[:12]])
        size = round(seconds * RATE)
        cuts = [joined[first : first + size] for first in range(0, len(joined), size)]
        out[name] = [cut for cut in cuts if len(cut) > 0.6 * size]
    return out


def _kinds(samples: Sound, rate: int = RATE) -> Any:
    from performer.voice.check.ears import Ears
    from performer.voice.check.recordings import examine_heard

    ears = Ears(rate)
    for first in range(0, len(samples), 5 * rate):
        ears.feed(samples[first : first + 5 * rate, None])
    return examine_heard(Path("made.wav"), ears.finish())


def _damages(audio: Path, rng: np.random.Generator) -> dict[str, tuple[str, Callable[[Sound], Sound]]]:
    """By name: the kind that is to be found, and what is done."""
    from performer.voice.check import damage
    from performer.voice.check.fit import read16

    songs = [read16(audio / "songs" / f"{name}.opus") for name in _UNSEEN_SONGS]

    def song() -> Sound:
        tune = songs[int(rng.integers(len(songs)))]
        return np.roll(tune, int(rng.integers(len(tune))))

    def roomy(t60: float) -> Callable[[Sound], Sound]:
        return lambda x: damage.in_room(x, damage.shoebox_room(t60, 1.5, RATE, rng))

    def dropping(seconds: float) -> Callable[[Sound], Sound]:
        return lambda x: damage.dropped(x, RATE, seconds, 3, rng)[0]

    out: dict[str, tuple[str, Callable[[Sound], Sound]]] = {"clean": ("", lambda x: x)}
    for depth in (3, 6, 10, 15):
        out[f"clipped by {depth} dB"] = ("clipping", lambda x, d=depth: damage.clipped(x, d))
    for depth in (6, 12):
        out[f"limited by {depth} dB"] = ("clipping limiting", lambda x, d=depth: damage.limited(x, d))
    for snr in (5, 10, 15, 20, 30):
        out[f"noise at {snr} dB"] = ("noise", lambda x, s=snr: damage.noisy(x, RATE, s, rng, -3.0))
    for under in (15, 25, 35):
        out[f"hum {under} dB under"] = ("hum noise", lambda x, u=under: damage.humming(x, RATE, u))
    for t60 in (0.2, 0.4, 0.6, 0.8, 1.2):
        out[f"room {t60} s, 1.5 m"] = ("reverberation", roomy(t60))
    for ratio in (20, 10, 5, 0):
        out[f"song {ratio} dB under"] = ("music", lambda x, r=ratio: damage.mixed(x, song(), RATE, r))
    out["song alone"] = ("music no_voice", lambda x: song()[: len(x)])
    for seconds in (0.005, 0.02, 0.1, 0.4):
        out[f"dropouts of {1000 * seconds:.0f} ms"] = ("dropouts", dropping(seconds))
    return out


def _made_damage(audio: Path, readers: int, rng: np.random.Generator) -> dict[str, Any]:
    from performer.voice.check import damage

    voices = _readers(audio, readers, 12.0, 1)
    pieces = [(name, cuts[0]) for name, cuts in voices.items() if cuts]
    table: dict[str, Any] = {}
    snr_errors: dict[str, list[float]] = {}
    late: dict[str, list[float]] = {}
    for what, (kinds, make) in _damages(audio, rng).items():
        found: Counter[str] = Counter()
        for _, piece in pieces:
            report = _kinds(make(piece)).report
            hits = {finding.kind for finding in report.findings if finding.severity != "note"}
            found.update(hits)
            found["found"] += bool(hits & set(kinds.split()))
            if report.measures is not None and what.startswith("noise") and report.measures.snr_db is not None:
                snr_errors.setdefault(what, []).append(report.measures.snr_db - float(what.split()[2]))
            if report.measures is not None and report.measures.room is not None and what.startswith(("room", "clean")):
                late.setdefault(what, []).append(report.measures.room.t60)
        table[what] = {kind: round(100 * count / len(pieces)) for kind, count in found.items()}
    for ratio in (0, 6, 12):
        count = 0
        for index, (_, piece) in enumerate(pieces):
            other = pieces[(index + 1) % len(pieces)][1]
            report = _kinds(damage.mixed(piece, other, RATE, ratio)).report
            count += any(finding.kind == "voices" for finding in report.findings)
        table[f"two at once, second {ratio} dB under"] = {"found": round(100 * count / len(pieces))}
    return {
        "pieces": len(pieces),
        "found_percent": table,
        "snr_error_db_median": {what: round(float(np.median(values)), 1) for what, values in snr_errors.items()},
        "t60_heard_median": {what: round(float(np.median(values)), 2) for what, values in late.items()},
    }


def _strangers(audio: Path, readers: int, half: int) -> dict[str, Any]:
    """Files of eight seconds: one reader's, and among them one of somebody else; files that hold two, one after the
    other."""
    from performer.voice.check.persons import strangers
    from performer.voice.check.recordings import thresholds
    from performer.voice.check.weights import weights

    limits, fitted = thresholds()["speaker"], weights()
    voices = {
        name: [_kinds(cut).voice for cut in cuts[:8]] for name, cuts in _readers(audio, readers, 8.0, half).items()
    }
    many = [name for name, files in voices.items() if len(files) >= 5]
    own: list[float] = []
    other: list[float] = []
    for index, name in enumerate(many):
        for step in (1, 2, 3):
            guest = many[(index + step) % len(many)]
            if guest == name:
                continue
            found = strangers([*voices[name], voices[guest][0]], fitted, limits["span_ratio"])
            ratios = [one.ratio for one in found if one is not None]
            own += ratios[:-1] if step == 1 else []
            other.append(ratios[-1])
    within = alone = 0
    cut = {name: cuts for name, cuts in _readers(audio, readers, 24.0, half).items() if cuts}
    names = list(cut)
    for index, name in enumerate(names):
        guest = cut[names[(index + 1) % len(names)]][0]
        joined = np.concatenate([cut[name][0][: 20 * RATE], guest[: 10 * RATE]])
        for sound, is_two in ((joined, True), (cut[name][0], False)):
            one = strangers([_kinds(sound).voice], fitted, limits["span_ratio"])[0]
            hit = one is not None and bool(one.spans)
            within, alone = within + (hit and is_two), alone + (hit and not is_two)
    scores = np.concatenate([own, other])
    truth = np.concatenate([np.ones(len(own)), np.zeros(len(other))])
    order = np.argsort(scores)
    misses, false = np.cumsum(truth[order]) / max(1, len(own)), 1 - np.cumsum(1 - truth[order]) / max(1, len(other))
    return {
        "readers": len(many),
        "own_files": len(own),
        "own_refused_percent": round(100 * float(np.mean(np.asarray(own) < limits["file_ratio"])), 1),
        "strange_files": len(other),
        "strangers_found_percent": round(100 * float(np.mean(np.asarray(other) < limits["file_ratio"])), 1),
        "equal_error_percent": round(100 * float(np.min(np.maximum(misses, false))), 1),
        "ratio_own_1_5_50": [round(float(v), 1) for v in np.percentile(own, (1, 5, 50))],
        "ratio_strange_50_95_99": [round(float(v), 1) for v in np.percentile(other, (50, 95, 99))],
        "second_reader_in_a_file_found_percent": round(100 * within / len(names)),
        "alone_in_a_file_suspected_percent": round(100 * alone / len(names)),
    }


def _false_alarms(audio: Path, files: int) -> dict[str, Any]:
    from performer.voice.check.fit import recordings
    from performer.voice.check.recordings import examine, together

    out: dict[str, Any] = {}
    for name in _CLEAN:
        if not (audio / name / "index.tsv").exists():
            continue
        paths = [path for _, path in recordings(audio / name)]
        paths = paths[:: max(1, len(paths) // files)][:files]
        report = together([examine(path) for path in paths])
        kinds = Counter(f"{f.kind} ({f.severity})" for file in report.files for f in file.findings)
        out[name] = {"files": len(paths), "left_out": len(report.files) - len(report.used), **dict(kinds.most_common())}
    return out


def run(**options: Any) -> dict[str, Any]:
    """`readers` (24): how many of the unseen ones. `files` (16): how many of each clean set. `half` (1): 0 shows the
    readers that were fitted to.

    Returns:
        false alarms, detections, strangers, CPU seconds a second of sound, peak memory; or `skipped` with the reason.
    """
    shared = shared_data()
    if shared is None:
        return {"skipped": "no reference data; set NICHANG_SHARED to the folder that holds data/audio"}
    audio, rng = shared / "audio", np.random.default_rng(0)
    readers = int(options.get("readers", 24))
    began = time.process_time()
    pieces = [cut for cuts in _readers(audio, 4, 12.0, 1).values() for cut in cuts[:1]]
    began = time.process_time()
    for piece in pieces:
        _kinds(piece)
    cost = (time.process_time() - began) / sum(len(piece) / RATE for piece in pieces)
    return {
        "cpu_seconds_a_second": round(cost, 4),
        "made": _made_damage(audio, readers, rng),
        "strangers": _strangers(audio, readers, int(options.get("half", 1))),
        "clean_sets": _false_alarms(audio, int(options.get("files", 16))),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
