"""Fills the folder of sources: `python -m performer.voice.train.separation.make_sources --help`. Needs fluidsynth."""

import argparse
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from performer.voice.train.separation import sources

__all__ = ["main"]

# Octaves by which the voices that sing high lie above the others.
_LIFT = 0.75


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the free audio set")
    parser.add_argument("groove", type=Path, help="the unpacked Groove MIDI set")
    parser.add_argument("cache", type=Path, help="analysed clips of performer.voice.train.make_base")
    parser.add_argument("out", type=Path)
    parser.add_argument("--songs", type=Path, default=Path("presets/songs"))
    parser.add_argument("--voices", type=int, default=700)
    parser.add_argument("--high", type=int, default=160, help="readings that sing high")
    parser.add_argument("--phrases", type=int, default=24, help="of recorded syllables")
    parser.add_argument("--backings", type=int, default=255)
    parser.add_argument("--seconds", type=float, default=24.0, help="of each accompaniment")
    parser.add_argument("--held", action="store_true", help="only readers, drummers and instruments kept for tests")
    chosen = parser.parse_args(arguments)
    voices, backings = chosen.out / "voices", chosen.out / "backings"
    for folder in (voices, backings):
        folder.mkdir(parents=True, exist_ok=True)
    if not chosen.held:
        for name, sound in sources.real_backings(chosen.data, chosen.songs).items():
            sources.keep(backings / f"{name}.npy", sound)
        for name, sound in sources.real_voices(chosen.data, chosen.songs).items():
            sources.keep(voices / f"{name}.npy", sound)
        for number, (file, top) in enumerate(sources.recordings(chosen.data)):
            path = voices / f"read_{number:04d}.npy"
            if not path.exists():
                sources.keep(path, sources.make_spoken(file, top, np.random.default_rng([7, number])))
        for number in range(chosen.phrases):
            path = voices / f"phrase_{number:04d}.npy"
            if not path.exists():
                rng = np.random.default_rng([11, number])
                sources.keep(path, sources.make_phrase(chosen.data, 12.0, rng))
    read = sources.readings(chosen.cache, chosen.held)
    players = sources.drummers(chosen.groove, chosen.held)
    np.random.default_rng(5).shuffle(read)  # type: ignore[arg-type]
    for number in range(0 if chosen.held else chosen.high):
        path = voices / f"high_{number:04d}.npy"
        if not path.exists():
            sources.keep(
                path, sources.make_voice(read[-1 - number % len(read)], np.random.default_rng([13, number]), _LIFT)
            )
    for step in range(max(chosen.voices, chosen.backings)):
        # In step with each other, so that training may begin on what is there.
        for kind, count in (("voices", chosen.voices), ("backings", chosen.backings)):
            path = chosen.out / kind / f"{step:04d}.npy"
            if step >= count or path.exists():
                continue
            rng = np.random.default_rng(zlib.crc32(f"{kind} {step} {chosen.held}".encode()))
            if kind == "voices":
                sources.keep(path, sources.make_voice(read[step % len(read)], rng))
            else:
                sources.keep(path, sources.make_backing(players, chosen.seconds, chosen.held, rng))
        if step % 20 == 0:
            print(f"step {step}", flush=True)


if __name__ == "__main__":
    main()
