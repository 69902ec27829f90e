"""The mark in the file that says: made by a machine. The mark in the picture is the stage's."""

import json
from collections.abc import Mapping

__all__ = ["AIGC_TAG", "aigc_value"]

# GB 45438-2025: a metadata field of this name, its value JSON with exactly these keys. Producer codes belong to the
# person or company that publishes; we leave them empty rather than invent one.
AIGC_TAG = "AIGC"
_AI_CONTENT = "1"


def aigc_value(*, produce_id: str, marks: Mapping[str, str] | None = None) -> str:
    """Value of the AIGC field. produce_id: number of this very piece. marks: producer, propagator and their codes."""
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
