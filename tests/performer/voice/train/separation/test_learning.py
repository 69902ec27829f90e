"""Mixtures say the truth of their voices; the network learns, goes on after a stop, and is the same as a file."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra train is not installed")
pytest.importorskip("pocketsphinx", reason="the extra train is not installed")
pytest.importorskip("mido", reason="the extra dev is not installed")

from motion.music.separate import CONTEXT, CORE  # noqa: E402
from motion.music.separate_grid import CELLS  # noqa: E402
from performer.voice.train.separation.learning import Trainer, loss_of  # noqa: E402
from performer.voice.train.separation.mixtures import Batch, Mixer  # noqa: E402
from performer.voice.train.separation.network import Folded  # noqa: E402
from performer.voice.train.separation.sources import keep  # noqa: E402

FRAMES = 32


def _small() -> Folded:
    return Folded((8, 16), (1, 1), thin=4, width=16)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Two gliding voices, two pieces of two stems each."""
    rng = np.random.default_rng(0)
    for kind in ("voices", "backings"):
        (tmp_path / kind).mkdir()
    t = np.arange(96_000) / 48_000
    for count in range(2):
        turns = np.cumsum(200 + 100 * count + 20 * np.sin(2 * np.pi * 5 * t)) / 48_000
        voice = sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 12))
        keep(tmp_path / "voices" / f"{count}.npy", (0.2 * np.asarray(voice)).astype(np.float32))
        stems = [0.1 * rng.standard_normal((96_000, 2)), np.repeat(0.3 * np.sin(2 * np.pi * 110 * t)[:, None], 2, 1)]
        keep(tmp_path / "backings" / f"{count}.npy", np.stack(stems).astype(np.float32))
    return tmp_path


def _batches(sources: Path, count: int) -> list[Batch]:
    drawn = Mixer(sources, FRAMES, seed=1).batches(3, 2)
    return [next(drawn) for _ in range(count)]


def test_mixtures_are_of_one_size_finite_and_come_again_with_their_seed(sources: Path) -> None:
    for batch, again in zip(_batches(sources, 6), _batches(sources, 6), strict=True):
        for part, other in ((batch.heard, again.heard), (batch.along, again.along)):
            assert part.shape == (3, FRAMES, 2, CELLS)
            assert part.dtype == np.float32
            assert np.isfinite(part).all()
            assert np.array_equal(part, other)


def test_the_share_that_a_mixture_asks_for_is_the_best(sources: Path) -> None:
    batch = _batches(sources, 1)[0]
    mix, along, across = (torch.as_tensor(part) for part in (batch.mix, batch.along, batch.across))

    def error(share: "torch.Tensor") -> float:
        return float((share * mix - along).square().add(across.square()).sum())

    best = (along / (mix + 1e-9)).clamp(0, 1)
    assert error(best) < min(error(torch.ones_like(mix)), error(torch.zeros_like(mix)), error((best + 0.1).clamp(0, 1)))
    assert loss_of(best, mix, along, across) < loss_of(torch.full_like(mix, 0.5), mix, along, across)


def test_learning_helps_and_goes_on_where_it_was(sources: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    batches = _batches(sources, 2)
    kept = tmp_path / "state.pt"
    trainer = Trainer(_small(), 1e-2, kept)
    losses = [trainer.learn(batches[step % 2], 0.0) for step in range(30)]
    assert np.mean(losses[-6:]) < np.mean(losses[:6]) - 0.2
    trainer.keep()
    again = Trainer(_small(), 1e-2, kept)
    assert again.step == 30
    for mine, other in zip(trainer.mean.parameters(), again.mean.parameters(), strict=True):
        assert torch.equal(mine, other)
    assert again.learn(batches[0], 0.5) == pytest.approx(trainer.learn(batches[0], 0.5), rel=1e-4)


def test_the_file_says_what_the_network_says() -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    from motion.music.separate_network import ShippedNetwork
    from performer.voice.train.separation.export import graph_bytes

    torch.manual_seed(1)
    network = Folded().eval()
    shipped = ShippedNetwork(graph_bytes(network))
    heard = np.random.default_rng(2).standard_normal((CORE + 2 * CONTEXT, 2, CELLS)).astype(np.float32)
    with torch.no_grad():
        wanted = network(torch.as_tensor(heard)[None])[0].numpy()
    assert np.abs(shipped(heard) - wanted).max() < 5e-3


def test_training_begins_from_what_is_shipped() -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    from performer.voice.train.separation.export import begin_from, graph_bytes

    torch.manual_seed(1)
    network, other = _small().eval(), _small().eval()
    # Untrained norms are all alike, and the exporter keeps what is alike only once.
    with torch.no_grad():
        for weights in (*network.parameters(), *network.buffers()):
            if weights.is_floating_point():
                weights += 0.1 * torch.rand_like(weights)
    raw = graph_bytes(network)
    begin_from(other, raw)
    for name, mine in network.state_dict().items():
        # Large matrices lie in the file as float16.
        assert torch.allclose(other.state_dict()[name], mine, rtol=1e-3, atol=1e-5), name
    with pytest.raises(ValueError, match="another network"):
        begin_from(Folded((8, 24), (1, 1), thin=4, width=16), raw)


def test_singers_are_drawn_by_kind_and_files_that_come_later_are_heard(sources: Path) -> None:
    mixer = Mixer(sources, FRAMES, seed=2)
    known = mixer.look()
    assert known == 4
    for count in range(3):
        keep(sources / "voices" / f"read_{count}.npy", np.full(96_000, 0.25, np.float32))
    assert mixer.look() == known + 3
    drawn = [float(mixer._singer()[0]) for _ in range(200)]  # pyright: ignore[reportPrivateUsage]
    read = sum(value > 8000 for value in drawn) / len(drawn)
    assert 0.3 < read < 0.7
