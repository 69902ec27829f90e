"""Foreign models as `.voice` files: what goes in, and what a user gets who opens one."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from performer.voice.convert.voice_file import Card, PitchRange, VoiceFile
from performer.voice.foreign.graph import DEFAULT_THREADS
from performer.voice.foreign.kinds import ForeignError, Recipe
from performer.voice.foreign.model import ForeignModel
from performer.voice.foreign.offline import PitchFinder, convert, find_pitch, rmvpe
from performer.voice.foreign.speed import live_window, measure_speed
from performer.voice.foreign.stream import ForeignVoice
from performer.voice.foreign.window import LIVE

__all__ = ["SETTINGS", "Foreign", "ForeignSettings", "convert_recording", "import_model", "live_voice", "open_foreign"]

MODEL, CONTENT, PITCH, SETTINGS = "model.onnx", "content.onnx", "pitch.onnx", "foreign.json"
_FORMAT = 1
# What the models' own coarse pitch covers; where its singer is at home only the user can tell.
_LOW, _HIGH = 50.0, 1100.0


class ForeignSettings(msgspec.Struct, frozen=True):
    """rate: hertz of the model's sound. speaker: which of its voices."""

    rate: int
    speaker: int = 0
    format: int = _FORMAT


@dataclass(frozen=True, slots=True)
class Foreign:
    """An opened foreign voice: the model, and who finds the pitch of whole recordings for it."""

    model: ForeignModel
    pitch: PitchFinder


def import_model(
    model: bytes,
    content: bytes,
    *,
    name: str,
    licence: str,
    consent: str,
    person: str,
    pitch: bytes | None = None,
    rate: int = 0,
    speaker: int = 0,
    middle: float | None = None,
) -> tuple[VoiceFile, Recipe]:
    """Check that the model runs with its encoder and put both into one voice.

    Args:
        model, content, pitch: bytes of ONNX files; pitch: RMVPE. consent: text of a consent file.
        rate: hertz, where neither graph nor hop tells. middle: hertz at which its singer is at home, for `auto`.

    Raises:
        ForeignError: anything of it cannot be used.
    """
    opened = ForeignModel(model, content, rate=rate, speaker=speaker)
    members = {MODEL: model, CONTENT: content}
    if pitch is not None:
        rmvpe(pitch)
        members[PITCH] = pitch
    members[SETTINGS] = msgspec.json.encode(ForeignSettings(opened.rate, speaker))
    recipe = opened.recipe
    made = f"{recipe.family}, {recipe.channels} features, {recipe.rate} Hz"
    # The geometric middle of the range until the user knows better.
    voiced = PitchRange(_LOW, middle if middle is not None else (_LOW * _HIGH) ** 0.5, _HIGH)
    card = Card(name=name, kind="foreign", licence=licence, range=voiced, made=made, person=person)
    return VoiceFile(card, members, consent=consent), recipe


def open_foreign(voice: VoiceFile, threads: int = DEFAULT_THREADS) -> Foreign:
    """What `import_model` put together.

    Raises:
        ForeignError: no foreign voice, parts are missing, or made by a newer nichang.
    """
    who = voice.card.name
    if voice.card.kind != "foreign":
        raise ForeignError(f"{who} is a voice of our own ({voice.card.kind}), not a foreign one")
    missing = [name for name in (MODEL, CONTENT, SETTINGS) if name not in voice.members]
    if missing:
        raise ForeignError(f"the voice {who} is not whole: {', '.join(missing)} is missing; import the model anew")
    try:
        settings = msgspec.json.decode(voice.members[SETTINGS], type=ForeignSettings)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ForeignError(f"the settings of {who} cannot be read ({error}); import the model anew") from None
    if settings.format > _FORMAT:
        raise ForeignError(f"the voice {who} was made by a newer nichang (format {settings.format}): update")
    pitch = voice.members.get(PITCH)
    model = ForeignModel(
        voice.members[MODEL], voice.members[CONTENT], rate=settings.rate, speaker=settings.speaker, threads=threads
    )
    return Foreign(model, find_pitch if pitch is None else rmvpe(pitch, threads))


def live_voice(
    voice: VoiceFile,
    clock: Callable[[], float] | None = None,
    *,
    rate: int = 48_000,
    semitones: float = 0.0,
    threads: int = DEFAULT_THREADS,
) -> ForeignVoice:
    """A foreign voice on a microphone, as `VoiceStream`.

    With a `clock` (seconds) the model's speed is measured first, and the window is as long as it needs; its `latency`
    says how long that is.

    Raises:
        ForeignError: as `open_foreign`, a rate at which it cannot run, or too slow for this machine.
    """
    model = open_foreign(voice, threads).model
    window = LIVE if clock is None else live_window(measure_speed(model, clock))
    return ForeignVoice(model, rate=rate, semitones=semitones, window=window)


def convert_recording(
    samples: NDArray[np.float32],
    rate: int,
    voice: VoiceFile,
    *,
    semitones: float = 0.0,
    threads: int = DEFAULT_THREADS,
    tell: Callable[[float], None] | None = None,
) -> NDArray[np.float32]:
    """samples: (n,) mono at `rate` -> (n * 48000 / rate,) at 48 kHz: as our own voices' `offline.convert`.

    Raises:
        ForeignError: as `open_foreign`.
    """
    opened = open_foreign(voice, threads)
    return convert(samples, rate, opened.model, semitones=semitones, pitch=opened.pitch, tell=tell)
