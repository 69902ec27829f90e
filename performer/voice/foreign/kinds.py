"""Which foreign voice model an ONNX graph is: told by the names, types and shapes of its inputs, never by a file name.

Nothing is run here. Sources of the signatures: RVC WebUI `infer/modules/onnx/export.py`, w-okada's voice-changer
`RVC/onnxExporter`, so-vits-svc `onnx_export.py`, `onnx_export_speaker_mix.py`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from motion.errors import UserError

__all__ = ["Family", "ForeignError", "Recipe", "Tensor", "recognise"]

Family = Literal["rvc", "w-okada", "so-vits-svc"]


class ForeignError(UserError):
    """A foreign model cannot be used; the message says what was found and what is known."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input of a graph. kind: float32, float16, int64. shape: None where a size is not fixed."""

    name: str
    kind: str
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        return f"{self.name} {self.kind}[{','.join('?' if size is None else str(size) for size in self.shape)}]"


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a graph wants to be fed.

    channels: numbers of a content feature, 256 or 768. half: features are float16. pitched: takes a pitch at all.
    noise: takes its noise from outside. volume: takes a loudness curve. mixed: takes weights of speakers (speakers of
    them) for each frame instead of a number. rate: hertz of what comes out, 0 while unknown. hop: samples a frame, 0
    while unknown. layer: of the content encoder, where the export tells, else 0. projected: taken behind its
    last projection.
    """

    family: Family
    channels: int
    half: bool = False
    pitched: bool = True
    noise: bool = False
    volume: bool = False
    mixed: bool = False
    speakers: int = 0
    rate: int = 0
    hop: int = 0
    layer: int = 0
    projected: bool = False


@dataclass(frozen=True, slots=True)
class _Signature:
    """content: the input that takes features. must, may: names; pitch: those that a model with pitch has."""

    family: Family
    content: str
    must: frozenset[str]
    pitch: frozenset[str]
    may: frozenset[str] = frozenset()


# so-vits-svc's graph cannot do without its pitch, so it stands among what must be.
_SIGNATURES: tuple[_Signature, ...] = (
    _Signature(
        "rvc", "phone", frozenset({"phone", "phone_lengths", "ds", "rnd"}), frozenset({"pitch", "pitchf"}), frozenset()
    ),
    _Signature("w-okada", "feats", frozenset({"feats", "p_len", "sid"}), frozenset({"pitch", "pitchf"})),
    _Signature(
        "so-vits-svc",
        "c",
        frozenset({"c", "f0", "mel2ph", "uv", "noise"}),
        frozenset(),
        frozenset({"sid", "vol"}),
    ),
)
_TYPES: dict[str, frozenset[str]] = {
    name: frozenset({kind})
    for kind, names in {
        "int64": ("phone_lengths", "pitch", "ds", "p_len", "mel2ph"),
        "float32": ("f0", "uv"),
    }.items()
    for name in names
}
_CHANNELS = (256, 768)
_RATES = (32_000, 40_000, 44_100, 48_000)
_KNOWN = (
    "RVC (phone, phone_lengths, [pitch, pitchf,] ds, rnd), w-okada's RVC (feats, p_len, [pitch, pitchf,] sid) "
    "and so-vits-svc 4 (c, f0, mel2ph, uv, noise, [vol,] sid)"
)


def recognise(tensors: Sequence[Tensor], metadata: Mapping[str, str]) -> Recipe:
    """What a graph with these inputs and this metadata is. RVC's own export does not tell its rate: it stays 0.

    Raises:
        ForeignError: no graph that we know.
    """
    by_name = {tensor.name: tensor for tensor in tensors}
    names = frozenset(by_name)
    found = ", ".join(map(str, tensors)) or "none"
    if "t_window" in names:
        raise ForeignError(
            f"this is a graph of so-vits-svc 4.0-v2 (inputs: {found}), which is not run here; export it as 4.0 or 4.1"
        )
    for signature in _SIGNATURES:
        pitched = signature.pitch <= names if signature.pitch else True
        wanted = signature.must | (signature.pitch if pitched else frozenset())
        if wanted <= names and names - wanted <= signature.may:
            break
    else:
        raise ForeignError(f"no voice model that is known here: its inputs are {found}; known are {_KNOWN}")
    for name, kinds in _TYPES.items():
        if name in by_name and by_name[name].kind not in kinds:
            raise ForeignError(f"input {by_name[name]} should be {' or '.join(sorted(kinds))}; export the model anew")
    content = by_name[signature.content]
    if content.kind not in ("float32", "float16") or len(content.shape) != 3:
        raise ForeignError(f"input {content} should be float[1,T,256 or 768]; export the model anew")
    told = _told(metadata)
    channels = content.shape[2] or told.get("embChannels", 0)
    if channels not in _CHANNELS:
        raise ForeignError(
            f"input {content} takes {channels or 'an unknown number of'} features; models with 256 or 768 are known"
        )
    rate = told.get("samplingRate", 0)
    if rate and rate not in _RATES:
        raise ForeignError(f"the model says that it sounds at {rate} Hz; {', '.join(map(str, _RATES))} are known")
    speaker = by_name.get("sid")
    mixed = signature.family == "so-vits-svc" and speaker is not None and len(speaker.shape) == 2
    return Recipe(
        signature.family,
        channels,
        half=content.kind == "float16",
        pitched=pitched,
        noise=signature.family != "w-okada",
        volume="vol" in names,
        mixed=mixed,
        speakers=(speaker.shape[1] or 0) if mixed and speaker is not None else 0,
        rate=rate,
        layer=told.get("embOutputLayer", 0),
        projected=bool(told.get("useFinalProj", 0)),
    )


def _told(metadata: Mapping[str, str]) -> dict[str, int]:
    """Numbers and flags that w-okada's export writes under the key `metadata`, as JSON; nothing where it is none."""
    try:
        kept = json.loads(metadata.get("metadata", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    wanted = {"samplingRate": int, "embChannels": int, "embOutputLayer": int, "useFinalProj": bool}
    return {name: int(kept[name]) for name, kind in wanted.items() if type(kept.get(name)) is kind}
