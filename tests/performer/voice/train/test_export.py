"""What is exported says what was trained, but for eight bits; asked frame by frame it is the same to the bit."""

from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from performer.voice.bands import BANDS  # noqa: E402
from performer.voice.convert.network import StreamingNetwork  # noqa: E402
from performer.voice.train.export import content_graph, decoder_graph  # noqa: E402
from performer.voice.train.networks import LOOK_AHEAD, Content, Decoder, Shape  # noqa: E402

FRAMES = 120
# Frames after which a network has forgotten how it began: four taps of the first layer and of each block.
FORGOTTEN = 4 * (1 + 1 + 2 + 4)
SMALL = Shape(48, (1, 2, 4))


def as_trained(network: "torch.nn.Module") -> None:
    """Normalisation that has seen data: a fold that forgets any of its four numbers is wrong by much."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0.0, 0.5)
            module.running_var.uniform_(0.4, 2.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0.0, 0.3)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(3)


def apart_db(found: np.ndarray, true: np.ndarray) -> float:
    """Power of the difference under that of the truth's movement."""
    return float(10 * np.log10(np.square(found - true).mean() / np.square(true - true.mean(axis=0)).mean()))


def test_the_exported_content_hears_what_the_trained_one_does() -> None:
    content = Content(SMALL).eval()
    as_trained(content)
    bands = torch.randn(1, FRAMES, BANDS)
    with torch.no_grad():
        true = content(bands)
    ahead = np.pad(bands[0].numpy(), ((0, LOOK_AHEAD), (0, 0)))
    found = StreamingNetwork(content_graph(content)).feed(bands=ahead)
    # What comes out belongs to the frame before those it looked at.
    found = {name: rows[LOOK_AHEAD:] for name, rows in found.items()}
    assert apart_db(found["content"], true.content[0].numpy()) < -30
    assert apart_db(found["phones"], true.phones[0].numpy()) < -30
    assert apart_db(found["voiced"][:, 0], true.voiced[0].numpy()) < -30


def test_the_exported_decoder_speaks_as_the_trained_one_with_its_speaker() -> None:
    decoder = Decoder(3, SMALL).eval()
    as_trained(decoder)
    content, prosody = torch.randn(1, FRAMES, 64), torch.randn(1, FRAMES, 3)
    given = {"content": content[0].numpy(), "prosody": prosody[0].numpy()}
    with torch.no_grad():
        true = [decoder(content, prosody, torch.tensor([who])) for who in range(2)]
        found = [
            StreamingNetwork(decoder_graph(decoder, decoder.speaker.weight[who])).feed(**given) for who in range(2)
        ]
    # The speaker is in the exported network from before its first frame on, in the trained one from it on.
    heard = slice(FORGOTTEN, None)
    for who in range(2):
        assert apart_db(found[who]["envelope"][heard], true[who].envelope[0].numpy()[heard]) < -30
        assert apart_db(found[who]["noise"][heard], true[who].noise[0].numpy()[heard]) < -30
    # Whose voice it is matters more than what eight bits cost.
    assert apart_db(found[0]["envelope"][heard], true[1].envelope[0].numpy()[heard]) > -20


def test_a_stream_is_the_whole_to_the_bit() -> None:
    content = Content(SMALL).eval()
    as_trained(content)
    model = content_graph(content)
    bands = np.random.default_rng(1).standard_normal((60, BANDS)).astype(np.float32)
    whole = StreamingNetwork(model).feed(bands=bands)
    stream = StreamingNetwork(model)
    parts = [stream.feed(bands=bands[a:b]) for a, b in pairwise((0, 1, 1, 7, 30, 60))]
    for name, rows in whole.items():
        assert np.array_equal(np.concatenate([part[name] for part in parts]), rows)
    stream.reset()
    assert np.array_equal(stream.feed(bands=bands)["content"], whole["content"])


def test_blocks_of_the_trained_network_are_its_whole() -> None:
    decoder = Decoder(2, SMALL).eval()
    as_trained(decoder)
    content, prosody = torch.randn(2, 50, 64), torch.randn(2, 50, 3)
    who = decoder.speaker.weight[:2]
    with torch.no_grad():
        whole = decoder(content, prosody, torch.tensor([0, 1]))
        past = decoder.stack.silence(2)
        parts = []
        for a, b in pairwise((0, 3, 4, 20, 50)):
            spoken, past = decoder.say(content[:, a:b], prosody[:, a:b], who, past)
            parts.append(spoken.envelope)
    assert torch.allclose(torch.cat(parts, 1), whole.envelope, atol=1e-5)
