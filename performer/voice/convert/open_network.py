"""A voice file's networks, opened and tried for size: what is damaged or of another kind is said in one sentence."""

from motion.errors import UserError
from performer.voice.convert.network import StreamingNetwork
from performer.voice.convert.voice_file import VoiceFile

__all__ = ["open_content", "open_decoder"]

# Numbers a frame; what the chain gives a network and what it reads from it.
_CONTENT = {"bands": 80}, {"content": 64, "phones": 40, "voiced": 1}
_DECODER = {"content": 64, "prosody": 3}, {"envelope": 80, "noise": 8}


def open_content(voice: VoiceFile) -> StreamingNetwork:
    """What hears.

    Raises:
        UserError: it is missing, damaged or not what this program asks.
    """
    return _opened(voice, "content.onnx", *_CONTENT)


def open_decoder(voice: VoiceFile) -> StreamingNetwork:
    """What speaks.

    Raises:
        UserError: it is missing, damaged or not what this program asks.
    """
    return _opened(voice, "decoder.onnx", *_DECODER)


def _opened(voice: VoiceFile, name: str, asks: dict[str, int], answers: dict[str, int]) -> StreamingNetwork:
    model = voice.members.get(name)
    if model is None:
        raise UserError(f"the voice {voice.card.name} lacks its {name}; make it anew")
    try:
        network = StreamingNetwork(model)
    except Exception as problem:
        # onnxruntime's errors have no common kind but this; what they say is of use to nobody who sings.
        raise UserError(f"the {name} of the voice {voice.card.name} is damaged; make the voice anew") from problem
    if not network.fits(asks, answers):
        raise UserError(f"the {name} of the voice {voice.card.name} is of another kind than asked; make the voice anew")
    return network
