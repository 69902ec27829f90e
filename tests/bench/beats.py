"""Beat F1 at ±70 ms on real songs with known beats and on ten drummers of the Groove MIDI set, beside librosa.

Every beat from the first second on counts (mir_eval's habit of skipping five seconds is not followed). The drummers
played to a click, so their beats are the quarter notes of the file; they are rendered by fluidsynth's General MIDI kit.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from performer.voice.sound import read_sound

__all__ = ["DRUMMERS", "SOUNDFONT", "find_shared", "own_beats", "render_groove", "run", "score"]

DRUMMERS = (
    "drummer1/session2/142_gospel_120_beat_4-4.mid",
    "drummer2/session3/1_rock-shuffle_85_beat_4-4.mid",
    "drummer3/session1/15_jazz_120_beat_4-4.mid",
    "drummer4/session1/3_jazz-klezmer_152_beat_4-4.mid",
    "drummer5/session1/6_latin-brazilian-maracatu_96_beat_4-4.mid",
    "drummer6/session3/4_rock_127_beat_4-4.mid",
    "drummer7/session2/106_soul-motown_104_beat_4-4.mid",
    "drummer8/session2/5_funk_91_beat_4-4.mid",
    "drummer9/session1/26_rock_90_beat_4-4.mid",
    "drummer10/session1/10_jazz-swing_110_beat_4-4.mid",
)
"""One performance of each drummer, drawn at random once, before any tuning; tuning looked at others."""

SONGS = ("muldjord_armygeddon", "sectoid_escape_from_chaosland", "sectoid_feelings")
LONGEST = 60.0
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
# The drum module's own notes for rims, edges and bells that General MIDI does not know.
TO_GENERAL_MIDI = {22: 42, 26: 46, 58: 43}
WINDOW = 0.07


def find_shared() -> Path | None:
    """The folder of reference data, if this machine has it."""
    for place in (os.environ.get("NICHANG_SHARED"), Path(__file__).resolve().parents[2].parent / "shared"):
        if place and (Path(place) / "data" / "audio").is_dir():
            return Path(place)
    return None


def render_groove(midi: Path, wav: Path) -> NDArray[np.float64]:
    """Play the first LONGEST seconds of a drum performance into `wav`; returns its beats, seconds."""
    import mido

    file = mido.MidiFile(midi)
    out = mido.MidiFile(ticks_per_beat=file.ticks_per_beat)
    track = mido.MidiTrack()
    out.tracks.append(track)
    tempo, seconds, end = 500_000, 0.0, 0.0
    for message in mido.merge_tracks(file.tracks):
        seconds += mido.tick2second(message.time, file.ticks_per_beat, tempo)
        if seconds > LONGEST:
            break
        end = seconds
        if message.type == "set_tempo":
            tempo = message.tempo
        if message.type in ("note_on", "note_off"):
            message = message.copy(channel=9, note=TO_GENERAL_MIDI.get(message.note, message.note))
        track.append(message)
    with tempfile.NamedTemporaryFile(suffix=".mid") as cut:
        out.save(cut.name)
        command = ["fluidsynth", "-ni", "-R", "0", "-C", "0", "-g", "0.6", "-r", "44100", "-F", str(wav)]
        subprocess.run([*command, str(SOUNDFONT), cut.name], check=True, capture_output=True)
    return np.arange(0.0, end, tempo / 1e6)


def _pieces(shared: Path, folder: Path) -> Iterator[tuple[str, Path, NDArray[np.float64]]]:
    songs = shared / "data" / "audio" / "songs"
    for name in SONGS:
        yield name, songs / f"{name}.opus", np.loadtxt(songs / f"{name}.beats.txt")
    if shutil.which("fluidsynth") is None or not SOUNDFONT.exists():
        return
    with tarfile.open(shared / "data" / "audio" / "scores" / "groove_midi.tar.xz") as archive:
        wanted = [archive.getmember(f"groove/{name}") for name in DRUMMERS]
        archive.extractall(folder, members=wanted, filter="data")
    for name in DRUMMERS:
        wav = folder / (Path(name).stem + ".wav")
        yield name, wav, render_groove(folder / "groove" / name, wav)


def _librosa_beats(mono: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    import librosa

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        resampled = librosa.resample(mono, orig_sr=rate, target_sr=22_050)
        _, beats = librosa.beat.beat_track(y=resampled, sr=22_050, units="time")
    return np.asarray(beats, dtype=np.float64)


def own_beats(mono: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    from motion.music.beats import track_beats
    from motion.music.onsets import find_onsets
    from motion.music.spectrum import analyse

    spectrum = analyse(mono, rate)
    return track_beats(find_onsets(spectrum), spectrum.duration).times


def score(truth: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    import mir_eval

    return float(mir_eval.beat.f_measure(truth, found, f_measure_threshold=WINDOW)) if len(found) else 0.0


def run(**options: Any) -> dict[str, Any]:
    """F1 per piece and mean, ours and librosa's, and the seconds that each took.

    Returns:
        `pieces`, `mean`, `mean_songs`, `mean_drummers`; or `skipped` with the reason.
    """
    peer = bool(options.get("peer", True))
    shared = find_shared()
    if shared is None:
        return {"skipped": "no reference data; set NICHANG_SHARED to the folder that holds data/audio"}
    trackers: dict[str, Callable[[NDArray[np.float32], int], NDArray[np.float64]]] = {"own": own_beats}
    if peer:
        trackers["librosa"] = _librosa_beats
    rows: list[dict[str, Any]] = []
    seconds = dict.fromkeys(trackers, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        for name, path, truth in _pieces(shared, Path(folder)):
            sound = read_sound(path)
            mono, rate = sound.mono, sound.rate
            row: dict[str, Any] = {"piece": name}
            for tracker, find in trackers.items():
                before = time.perf_counter()
                found = find(mono, rate)
                seconds[tracker] += time.perf_counter() - before
                row[tracker] = round(score(truth, found), 3)
            rows.append(row)
    drummers = [row for row in rows if row["piece"] in DRUMMERS]
    songs = [row for row in rows if row["piece"] not in DRUMMERS]

    def mean(of: list[dict[str, Any]]) -> dict[str, float]:
        return {name: round(float(np.mean([row[name] for row in of])), 3) for name in trackers} if of else {}

    return {
        "window_s": WINDOW,
        "pieces": rows,
        "mean": mean(rows),
        "mean_songs": mean(songs),
        "mean_drummers": mean(drummers),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "note": None if drummers else "fluidsynth or FluidR3_GM.sf2 missing: drummers left out",
    }
