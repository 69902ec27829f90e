"""Recordings said by other voices, as far as the networks can, so that training does not learn to key on timbre."""

import torch
from torch import Tensor

from performer.voice.train.augment import bands_of_envelope, coloured_by_bands, levelled, loud_level
from performer.voice.train.networks import Content, Decoder

__all__ = ["prosody_of", "turned"]


def prosody_of(hertz: Tensor, loudness: Tensor, level: Tensor) -> Tensor:
    """(b, n) pitch, (b, n) log power, (b, 1) the clip's level -> (b, n, 3) what the decoder is told of the melody."""
    voiced = hertz > 0
    pitch = torch.where(voiced, torch.log2(hertz.clamp(min=50.0) / 220.0), torch.zeros(()))
    return torch.stack([pitch, voiced.float(), ((loudness - level) / 3.0).clamp(-3, 2)], 2)


@torch.no_grad()
def turned(content: Content, decoder: Decoder, envelope: Tensor, hertz: Tensor) -> Tensor:
    """(b, n, 513) log power, (b, n) hertz -> envelopes of the same words, each by a voice between two of the decoder's.

    Draws from torch's global generator. The networks are used as they are trained, and go on as they were.
    """
    training = content.training, decoder.training
    content.eval()
    decoder.eval()
    bands = bands_of_envelope(envelope)
    loudness = torch.logsumexp(bands, 2)
    level = torch.quantile(loudness, 0.85, dim=1, keepdim=True)
    one, two = (decoder.speaker(torch.randint(decoder.speaker.num_embeddings, (len(bands),))) for _ in range(2))
    share = torch.rand(len(bands), 1)
    said, _ = decoder.say(
        content(levelled(bands, loud_level(bands))).content,
        prosody_of(hertz, loudness, level),
        one * share + two * (1 - share),
        decoder.stack.silence(len(bands)),
    )
    content.train(training[0])
    decoder.train(training[1])
    return coloured_by_bands(envelope, said.envelope - (bands - loudness[..., None]))
