"""What a file says of itself: made by a machine, by which voice. Words and fields only; `files` puts them into files.

AIGC is China's implicit label (GB 45438-2025): a metadata field of that name, its value JSON with exactly these keys.
The IPTC source type is what C2PA's actions and the IPTC photo and video metadata use; plain readers see the comment.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

__all__ = [
    "AIGC_TAG",
    "SOURCE_TAG",
    "TOOL",
    "FoundLabel",
    "SoundLabel",
    "aigc_value",
    "label_tags",
    "payload_of",
    "read_tags",
]

AIGC_TAG = "AIGC"
SOURCE_TAG = "DigitalSourceType"
TOOL = "nichang"
_AI_CONTENT = "1"
_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# The upper four bits of the mark's payload: which maker's, and its generation. Others may take other numbers.
_MAKER = 0x1


def aigc_value(*, produce_id: str, marks: Mapping[str, str] | None = None) -> str:
    """Value of the AIGC field. produce_id: number of this very piece. marks: producer, propagator and their codes.

    Producer codes belong to the person or company that publishes; we leave them empty rather than invent one.
    """
    value = {
        "Label": _AI_CONTENT,
        "ContentProducer": "",
        "ProduceID": produce_id,
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    value.update({key: mark for key, mark in (marks or {}).items() if key in value})
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def payload_of(voice: str) -> int:
    """Sixteen bits for the mark: four say that this engine made it, twelve are a hash of the voice's name."""
    return _MAKER << 12 | int.from_bytes(hashlib.sha256(voice.encode()).digest()[:2], "big") & 0xFFF


@dataclass(frozen=True, slots=True)
class SoundLabel:
    """voice: name of the cloned or built-in voice. produce_id: number of this very piece. whole: no recorded part is
    left (False for a converted vocal over a recorded accompaniment). producer: whose code the publisher has, if any.
    """

    voice: str
    produce_id: str
    title: str = ""
    artist: str = ""
    credit: str = ""
    producer: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class FoundLabel:
    """A label that was read. fields: the JSON of AIGC, empty where it cannot be read. comment, source: as found."""

    fields: Mapping[str, str]
    comment: str = ""
    source: str = ""


def label_tags(label: SoundLabel, *, marked: bool) -> dict[str, str]:
    """Names and values of the metadata that a labelled file has; empty ones are left out."""
    mark = {"ReservedCode1": f"{TOOL}-mark-1:{payload_of(label.voice):04x}"} if marked else {}
    kind = "trainedAlgorithmicMedia" if label.whole else "compositeWithTrainedAlgorithmicMedia"
    said = f"AI-generated voice / 人工智能合成声音: {label.voice}, made with {TOOL}"
    tags = {
        "title": label.title,
        "artist": label.artist,
        "comment": f"{said}. {label.credit}" if label.credit else said,
        AIGC_TAG: aigc_value(produce_id=label.produce_id, marks={"ContentProducer": label.producer, **mark}),
        SOURCE_TAG: _SOURCES + kind,
    }
    return {name: _one_line(value) for name, value in tags.items() if value}


def _one_line(value: str) -> str:
    """Zero bytes and line ends would break off or split a tag."""
    return " ".join(value.replace("\0", " ").split())


def read_tags(tags: Mapping[str, str]) -> FoundLabel | None:
    """The label among a file's metadata, whatever the case of their names; None where there is no AIGC field."""
    small = {name.lower(): value for name, value in tags.items()}
    value = small.get(AIGC_TAG.lower())
    if value is None:
        return None
    return FoundLabel(_fields(value), small.get("comment", ""), small.get(SOURCE_TAG.lower(), ""))


def _fields(value: str) -> dict[str, str]:
    try:
        given: Any = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    return {key: item for key, item in cast("dict[str, Any]", given).items() if isinstance(item, str)}
