"""Songs of a show: what each is made of, and what was prepared for it and kept in the cache (a shell: files).

The cache is keyed by the bytes of sound, stem and words, by seed and avatar-free settings, and by the engine's own
sources: an edited planner or move never meets an old plan.
"""

import hashlib
import os
import re
import shutil
import zipfile
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.dance.plan import decode_plan, encode_plan
from motion.errors import UserError
from motion.music.song_map import decode_song_map, encode_song_map
from motion.rig.bones import BONES
from motion.rig.pose import GRID_HZ, Motion
from performer.avatar.model import Vrm
from performer.face.lyric_sheet import Lyrics
from performer.face.lyrics import parse_lyrics
from performer.face.track import EXPRESSIONS, FaceTrack
from performer.voice.cover import cover_credit
from performer.voice.library import find_voice, open_voice
from performer.voice.sidecar import sidecar_lyrics
from performer.voice.songs import built_in_song
from performer.voice.sound import file_sha256
from performer.voice.titles import song_title
from stage.server.errors import DamagedCache, SongError
from stage.server.tokens import state_folder
from stage.show.moods import AS_IT_FITS, Staging, read_staging
from stage.show.performance import Performance, line_up

__all__ = [
    "PLAYABLE",
    "BakedDance",
    "SongSource",
    "cache_of",
    "find_song",
    "forget",
    "heard_words_of",
    "keep_sung",
    "load_performance",
    "prepared_seconds",
    "read_words",
    "sound_file",
    "store",
    "sung_by",
]

# What every Chromium decodes; other sounds are kept as WAV beside the plan.
PLAYABLE = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a")
_DONE, _SUNG = "done", "sung"
# Words that are only asked for their title lie before any song's end.
_ENDLESS = 1e9
# Arrays of a baked dance, and the shape of one frame of each.
_SHAPES: dict[str, tuple[int, ...]] = {"rotations": (len(BONES), 4), "hips": (3,), "root": (4,), "contacts": (2,)}
_SOURCES = ("motion.music", "motion.dance", "motion.rig", "performer.face", "performer.voice", "presets.moves")
# Code and the libraries of numbers that it reads.
_ENGINE_FILES = frozenset((".py", ".txt", ".npz", ".onnx", ".toml", ".json"))


@dataclass(frozen=True, slots=True)
class SongSource:
    """A song as the user named it. lyrics: None = no words, or where `hear` is set, words still to be heard.
    song_map: known beforehand, so that nothing has to be listened to. credits: lines for the title card. staging:
    colours, cues and shots of its own. voice: who sings it instead, a built-in voice or a file; "" = as it is."""

    id: str
    path: Path
    vocal: Path | None
    lyrics: Path | None
    title: str
    artist: str
    seed: int
    own_moves_only: bool = False
    hear: bool = False
    song_map: Path | None = None
    credits: tuple[str, ...] = ()
    staging: Staging = AS_IT_FITS
    voice: str = ""


@dataclass(frozen=True, slots=True)
class BakedDance:
    """A dance that was baked before, read from disk as it is needed: no planning and no layers in the live process.

    motion: on the canonical body. contacts: (frames, 2) how firmly each foot is planted, 0..1.
    """

    motion: Motion
    contacts: NDArray[np.float32]

    def frames(self, start: int, stop: int) -> "BakedDance":
        """Frames start..stop of the 60 Hz grid, as the player gave them."""
        return BakedDance(self.motion.window(start, stop), self.contacts[start:stop])


def find_song(
    name: str,
    *,
    base: Path = Path(),
    vocal: str = "",
    lyrics: str = "auto",
    seed: int = 0,
    staging: Staging = AS_IT_FITS,
    voice: str = "",
) -> SongSource:
    """A built-in song by name, or a sound file (relative to `base`). staging: instead of what its card says. voice: who
    sings it, likewise a name or a file.

    Raises:
        SongNameError: neither a file nor a built-in song.
        SongError: a folder, or no such stem or words.
        MoodError: the song's card names a mood, palette, cue or shot that there is not.
    """
    song = built_in_song(name, base)
    if song is not None:
        return SongSource(
            name,
            song.path,
            song.vocal,
            song.lyrics,
            song.title,
            song.artist,
            seed,
            song_map=song.song_map,
            credits=song.credits,
            staging=read_staging(song.staging, f"the card of {name}") if staging == AS_IT_FITS else staging,
            voice=_beside(voice, base),
        )
    path = base / Path(name).expanduser()
    if not path.is_file():
        raise SongError(f"{path} is no sound file; name one")
    words: Path | None
    if lyrics == "none":
        words = None
    elif lyrics == "auto":
        words = sidecar_lyrics(path)
    else:
        words = (base / lyrics).expanduser()
        if not words.is_file():
            raise SongError(f"there is no lyrics file {words}")
    stem = (base / vocal).expanduser() if vocal else None
    if stem is not None and not stem.is_file():
        raise SongError(f"there is no vocal stem {stem}")
    ident = re.sub(r"[^\w-]+", "-", path.stem).strip("-").lower() or "song"
    hear = lyrics == "auto" and words is None
    told = Lyrics()
    if words is not None:
        # What is wrong with the words is said where they are needed.
        with suppress(OSError, UserError):
            told = parse_lyrics(words.read_bytes(), duration=_ENDLESS)
    named = song_title(path, told.title, told.artist)
    return SongSource(
        ident,
        path,
        stem,
        words,
        named.title,
        named.artist,
        seed,
        hear=hear,
        staging=staging,
        voice=_beside(voice, base),
    )


def _beside(voice: str, base: Path) -> str:
    """A file beside the show file is meant before a built-in voice of that name."""
    beside = base / Path(voice).expanduser()
    # As a whole path: one without a folder would be taken for the name again.
    return str(beside.resolve()) if voice and beside.is_file() else voice


def sung_by(source: SongSource, voice: str) -> SongSource:
    """The song in that voice, which is named on its title card; "" leaves it as it is.

    Raises:
        UserError: there is no such voice, or it may not be used live.
    """
    if not voice:
        return source
    open_voice(voice, use="live")
    return replace(source, voice=voice, credits=(*source.credits, cover_credit(voice)))


@cache
def _engine() -> str:
    """A short hash of what makes maps, plans and faces."""
    digest = hashlib.sha256()
    for package in _SOURCES:
        root = Path(str(files(package)))
        for path in sorted(p for p in root.rglob("*") if p.suffix in _ENGINE_FILES and p.is_file()):
            stat = path.stat()
            digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


def _can_hear_words() -> bool:
    # Imported here: it loads the listener, which a show of songs that bring their words never needs.
    from performer.face.song_words import can_hear_words

    return can_hear_words()


def cache_of(source: SongSource, dance: str = "") -> Path:
    """The folder that holds what was prepared for this song. Reads the whole files: seconds for long ones.

    dance: the performer's manner of dancing; two manners, two plans.

    Raises:
        SongError: a file has gone.
    """
    digest = hashlib.sha256(f"{_engine()} {source.seed} {source.own_moves_only} {dance}".encode())
    # Installing the extra [words] later must not meet the wordless show of before.
    digest.update(b"hear" if source.hear and _can_hear_words() else b"")
    others = [source.song_map, find_voice(source.voice) if source.voice else None]
    for path in (source.path, source.vocal, source.lyrics, *filter(None, others)):
        try:
            digest.update(b"-" if path is None else file_sha256(path).encode())
        except OSError as error:
            raise SongError(f"cannot read {path}: {error.strerror or error}") from error
    return state_folder() / "songs" / digest.hexdigest()[:20]


class _Length(msgspec.Struct):
    """What a list of songs needs of a song map."""

    duration: float


def prepared_seconds(folder: Path) -> float | None:
    """The song's length if everything is in this place of the cache, else None. `done` is written last."""
    if not (folder / _DONE).exists():
        return None
    try:
        return msgspec.json.decode((folder / "exact.json").read_bytes(), type=_Length).duration
    except (OSError, msgspec.DecodeError):
        return None


def sound_file(source: SongSource, folder: Path) -> Path:
    """What a page plays: the song itself, sung by another voice, or the copy of one that no browser decodes."""
    if source.voice:
        return next(folder.glob(f"{_SUNG}.*"), folder / f"{_SUNG}.flac")
    return source.path if source.path.suffix.lower() in PLAYABLE else folder / "sound.wav"


def keep_sung(made: Path, folder: Path) -> None:
    """The song as another voice sings it, from where such songs are kept, into the song's place of the cache."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{_SUNG}.*"):
        old.unlink()
    place = folder / f"{_SUNG}{made.suffix}"
    try:
        os.link(made, place)
    except OSError:
        # Another disk, or one that knows no links.
        shutil.copyfile(made, place)


def read_words(source: SongSource, folder: Path, duration: float) -> Lyrics | None:
    """The song's words, those that were heard and kept in its place of the cache, or None."""
    if source.lyrics is not None:
        return parse_lyrics(source.lyrics.read_bytes(), duration=duration)
    heard = heard_words_of(folder)
    if not source.hear or not heard.is_file():
        return None
    return replace(parse_lyrics(heard.read_bytes(), duration=duration), heard_by_machine=True)


def heard_words_of(folder: Path) -> Path:
    """Where the words stand that were heard for the song of this cache folder; a person may correct them there."""
    return folder / "lyrics.lrc"


def store(folder: Path, performance: Performance) -> None:
    """Keep a performance's parts; an interrupted write is not taken for a whole one."""
    if performance.plan is None:
        raise SongError(f"{performance.title}: nothing was planned")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _DONE).unlink(missing_ok=True)
    try:
        (folder / "song.json").write_bytes(encode_song_map(performance.song))
        (folder / "plan.json").write_bytes(encode_plan(performance.plan))
        # Exactly what a render of the same song computes; JSON would round it.
        face = performance.face
        np.savez(folder / "face.npz", weights=face.weights, gaze=face.gaze, level=performance.level)
        dance = performance.dance.frames(0, performance.frames)
        for name, array in _dance_arrays(dance.motion, dance.contacts).items():
            np.save(folder / f"{name}.npy", array)
        (folder / "exact.json").write_bytes(msgspec.json.encode(performance.song))
        (folder / _DONE).touch()
    except OSError:
        # A full disk stays full for everyone else too unless what was begun is taken back.
        forget(folder)
        raise


def forget(folder: Path) -> None:
    """Take back what was prepared; words that were heard stay, a person may have corrected them."""
    keep = heard_words_of(folder)
    # `done` first: half of it taken back is not a whole one.
    for path in sorted(folder.glob("*"), key=lambda path: path.name != _DONE):
        if path != keep:
            path.unlink(missing_ok=True)


def _dance_arrays(motion: Motion, contacts: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    return {"rotations": motion.rotations, "hips": motion.hips, "root": motion.root, "contacts": contacts}


def load_performance(source: SongSource, folder: Path, avatars: tuple[Vrm, ...]) -> Performance:
    """A prepared song on these avatars.

    Raises:
        DamagedCache: the cache was changed or cut off.
        UserError: the words cannot be read.
    """
    try:
        song = decode_song_map((folder / "exact.json").read_bytes())
        plan = decode_plan((folder / "plan.json").read_bytes())
        # numpy leaves a file that it opened itself open when it is no archive.
        with (folder / "face.npz").open("rb") as file, np.load(file) as arrays:
            face = FaceTrack(arrays["weights"], arrays["gaze"], GRID_HZ)
            level = arrays["level"]
        baked = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _SHAPES}
        frames = max(1, int(np.ceil(song.duration * GRID_HZ - 1e-9)))
        for name, shape in _SHAPES.items():
            if baked[name].shape != (frames, *shape):
                raise ValueError(f"{name} has the shape {baked[name].shape}")
        if face.weights.shape != (frames, len(EXPRESSIONS)) or face.gaze.shape != (frames, 2):
            raise ValueError("the face has another length than the song")
    # numpy names a broken archive by zipfile's own error, the readers theirs.
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, UserError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DamagedCache(f"{source.title}: what was prepared is damaged ({why}); delete {folder}") from error
    try:
        words = read_words(source, folder, song.duration)
    except OSError as error:
        raise SongError(f"{source.title}: its words cannot be read ({error.strerror or error})") from error
    return Performance(
        song=song,
        dance=BakedDance(Motion(baked["rotations"], baked["hips"], baked["root"]), baked["contacts"]),
        face=face,
        performers=line_up(avatars),
        level=level,
        lyrics=words,
        plan=plan,
        title=source.title,
        artist=source.artist,
        seed=source.seed,
        credits=source.credits,
        staging=source.staging,
    )
