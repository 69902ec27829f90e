"""Makes the built-in songs from their scores: python -m presets.songs.make [NAME...] [--to FOLDER] (a shell).

Each folder gets song.opus, vocal.opus where somebody sings, drums.opus, bass.opus, music.opus, lyrics.lrc
and song.json.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from motion.errors import UserError
from motion.music.listen import listen
from motion.music.song_map import encode_song_map
from presets.songs.studio.desk import mix_song
from presets.songs.studio.effects import loudness_lufs, true_peak
from presets.songs.studio.electronic import RATE
from presets.songs.studio.ogg import with_gain, with_serial
from presets.songs.studio.score import read_score
from presets.songs.studio.sheet import lyrics_lrc, map_from_score

__all__ = ["hold_peak", "main", "make"]

SEED = 20261121
ARTIST = "霓羽"
PEAK_DB = -1.1
"""Of the decoded file."""
# Opus quality of libsndfile: 0 best, 1 smallest.
_MIX_QUALITY, _STEM_QUALITY, _BASS_QUALITY = 0.78, 0.86, 0.92


def _write_opus(path: Path, sound: NDArray[np.float64], title: str, quality: float) -> None:
    temporary = path.with_name(f".{path.name}.part")
    channels = sound.shape[1] if sound.ndim == 2 else 1
    with soundfile.SoundFile(
        temporary, "w", RATE, channels, format="OGG", subtype="OPUS", compression_level=quality
    ) as file:
        file.title, file.artist, file.copyright = title, ARTIST, "CC0-1.0"
        file.comment = "AIGC: melody, words and every sound made by a program; no recording of a person"
        # Short writes: long ones overflow the encoder's stack in some libsndfile builds.
        for first in range(0, len(sound), RATE):
            file.write(sound[first : first + RATE])
    path.write_bytes(with_serial(temporary.read_bytes(), SEED))
    temporary.unlink()


def hold_peak(path: Path) -> None:
    """Peaks that the encoder added are taken back by the gain in the file's head."""
    decoded, _ = soundfile.read(path, dtype="float64", always_2d=True)
    over_db = 20.0 * np.log10(true_peak(np.asarray(decoded, np.float64))) - PEAK_DB
    if over_db > 0.0:
        path.write_bytes(with_gain(path.read_bytes(), -over_db))


def make(score_file: Path, folder: Path) -> None:
    """Everything that is shipped of one song.

    Raises:
        UserError: the score cannot be played, or a program is missing.
    """
    score = read_score(score_file)
    mixed = mix_song(score, SEED)
    folder.mkdir(parents=True, exist_ok=True)
    _write_opus(folder / "song.opus", mixed.total, score.title, _MIX_QUALITY)
    hold_peak(folder / "song.opus")
    for name, stem in mixed.stems.items():
        if name != "vocal":
            loudest = float(np.abs(stem).max())
            _write_opus(
                folder / f"{name}.opus",
                stem * min(1.0, 0.9 / max(loudest, 1e-9)),
                score.title,
                _BASS_QUALITY if name == "bass" else _STEM_QUALITY,
            )
    if mixed.vocal is not None:
        _write_opus(folder / "vocal.opus", mixed.vocal, score.title, _STEM_QUALITY)
        lyrics = lyrics_lrc(score, artist=ARTIST, seconds=len(mixed.total) / RATE)
        (folder / "lyrics.lrc").write_text(lyrics, encoding="utf-8")
    total = mixed.total.astype(np.float32)
    heard = listen(
        total.mean(axis=1, dtype=np.float32),
        RATE,
        title=score.title,
        artist=ARTIST,
        sha256=hashlib.sha256((folder / "song.opus").read_bytes()).hexdigest(),
        stereo=total,
        vocal_stem=None if mixed.vocal is None else mixed.vocal.astype(np.float32),
    )
    (folder / "song.json").write_bytes(encode_song_map(map_from_score(score, heard)))
    parts = "  ".join(f"{name} {value:.1f}" for name, value in sorted(mixed.log.items(), key=lambda item: -item[1]))
    print(f"{score.title}: {len(total) / RATE:.1f} s, {loudness_lufs(mixed.total):.1f} LUFS,", end=" ")
    print(f"true peak {20 * np.log10(true_peak(mixed.total)):.1f} dB; parts before the master: {parts}")


def main() -> int:
    here = Path(__file__).parent
    names = sorted(path.parent.name for path in here.glob("*/score.toml"))
    parser = argparse.ArgumentParser(description="Make the built-in songs from their scores.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)}; none: all")
    parser.add_argument("--to", type=Path, default=here, help="folder for the songs' folders")
    wish = parser.parse_args()
    try:
        for name in wish.names or names:
            make(here / name / "score.toml", wish.to / name)
    except UserError as error:
        print(f"songs: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
