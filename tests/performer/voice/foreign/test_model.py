"""What each family is fed: types, lengths, times; and what comes out of a stretch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.foreign.content import Content
from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.model import ForeignModel, coarse_pitch
from tests.performer.voice.foreign import graphs


def _model(voice: bytes, channels: int = 768, **options: int) -> ForeignModel:
    return ForeignModel(voice, graphs.content(channels), threads=1, **options)


def _burst(seconds: float, at: float, stop: float) -> np.ndarray:
    sound = np.zeros(round(seconds * 16_000), np.float32)
    sound[round(at * 16_000) : round(stop * 16_000)] = 0.5
    return sound


def _hertz(sound: np.ndarray, value: float = 220.0) -> np.ndarray:
    return np.full(len(sound) // 160 + 1, value, np.float32)


def test_coarse_pitch_follows_the_formula() -> None:
    # m(50) = 77.755, m(1100) = 1064.408; 220 Hz -> (307.96 - 77.755) * 254 / 986.653 + 1 = 60.27
    hertz = np.array([0.0, 49.0, 50.0, 220.0, 1100.0, 3000.0], np.float32)
    assert coarse_pitch(hertz).tolist() == [1, 1, 1, 60, 255, 255]
    assert coarse_pitch(hertz).dtype == np.int64


@pytest.mark.parametrize(("hop", "rate"), [(320, 32_000), (400, 40_000), (480, 48_000)])
def test_the_rate_of_an_rvc_model_is_told_by_its_hop(hop: int, rate: int) -> None:
    model = _model(graphs.rvc(hop=hop))
    assert (model.rate, model.recipe.hop) == (rate, hop)


def test_a_rate_that_cannot_be_true_is_refused() -> None:
    with pytest.raises(ForeignError, match="so 40000 Hz, not 48000"):
        _model(graphs.rvc(hop=400), rate=48_000)
    with pytest.raises(ForeignError, match="give --rate"):
        _model(graphs.so_vits(hop=441), 256)
    assert _model(graphs.so_vits(hop=441), 256, rate=44_100).rate == 44_100


@pytest.mark.parametrize(
    ("voice", "channels"),
    [
        (graphs.rvc(), 768),
        (graphs.rvc(256, pitched=False, hop=320), 256),
        (graphs.okada(half=True, pitched=False), 768),
        (graphs.so_vits(), 256),
        (graphs.so_vits(768, volume=True), 768),
    ],
)
def test_features_and_frames_lie_at_the_same_time_to_the_end(voice: bytes, channels: int) -> None:
    """RVC's features come at 50, its frames at 100 a second: off by one and a long stretch drifts."""
    model = _model(voice, channels)
    sound = _burst(9.0, 8.0, 8.5)
    audio = model.render(sound, _hertz(sound))
    assert len(audio) == 9 * model.rate
    loud = np.flatnonzero(audio > 0.25) / model.rate
    # A feature sees 25 ms and begins every 20 ms.
    assert 7.975 <= loud[0] <= 8.025
    assert 8.475 <= loud[-1] <= 8.525


@pytest.mark.parametrize("rate", [32_000, 40_000, 48_000])
def test_pitch_arrives_where_it_is_sung(rate: int) -> None:
    model = _model(graphs.okada(rate=rate))
    sound = _burst(4.0, 0.0, 4.0)
    hertz = _hertz(sound, 200.0)
    hertz[300:] = 400.0
    audio = model.render(sound, hertz)
    step = int(np.flatnonzero(audio > 0.15)[0])
    assert step == 3 * rate
    assert audio[: 3 * rate].max() == pytest.approx(0.1)
    assert audio[-1] == pytest.approx(0.2)


def test_so_vits_gets_a_bridged_pitch_voicing_and_loudness() -> None:
    sound = _burst(2.0, 0.5, 1.0)
    hertz = _hertz(sound, 0.0)
    hertz[50:80], hertz[120:] = 200.0, 400.0
    pitch = _model(graphs.so_vits(sounds="f0"), 256).render(sound, hertz)
    assert pitch[0] == pytest.approx(0.1)
    assert pitch[44_100] == pytest.approx(0.15, abs=0.003)
    voicing = _model(graphs.so_vits(sounds="uv"), 256).render(sound, hertz)
    assert (voicing[22_100], voicing[44_100]) == (1.0, 0.0)
    loud = _model(graphs.so_vits(volume=True, sounds="vol"), 256).render(sound, hertz)
    assert loud[33_075] == pytest.approx(0.5)
    assert loud[-1] == 0.0


def test_a_mix_of_speakers_is_one_speaker_alone() -> None:
    sound = _burst(1.0, 0.0, 1.0)
    other = _model(graphs.so_vits(mix=3, sounds="sid"), 256, speaker=1).render(sound, _hertz(sound))
    assert other.min() == 1.0
    assert _model(graphs.so_vits(mix=3, sounds="sid"), 256, speaker=2).render(sound, _hertz(sound)).max() == 0.0
    with pytest.raises(ForeignError, match=r"no speaker 3; this model has 0\.\.2"):
        _model(graphs.so_vits(mix=3), 256, speaker=3)


def test_noise_belongs_to_the_time_of_the_performance_not_to_the_window() -> None:
    model = _model(graphs.rvc(noisy=10.0))
    sound = _burst(2.0, 0.0, 2.0)
    whole = model.render(sound, _hertz(sound), first=16_000)
    later = model.render(sound[8000:], _hertz(sound[8000:]), first=24_000)
    assert np.std(whole) > 0.1
    # The encoder sees zeros behind a stretch, so its last feature differs.
    assert np.allclose(whole[20_000:-800], later[:-800], atol=1e-6)
    assert not np.allclose(whole[20_000:-800], model.render(sound[8000:], _hertz(sound), first=0)[:-800], atol=1e-2)


@given(st.integers(0, 5000), st.integers(0, 40))
def test_any_length_gives_the_same_length_and_a_pitch_of_any_length_is_fitted(count: int, frames: int) -> None:
    audio = _SMALL.render(np.full(count, 0.1, np.float32), np.full(frames, 100.0, np.float32))
    assert len(audio) == round(count * 2.5)
    assert np.isfinite(audio).all()


_SMALL = _model(graphs.okada())


@pytest.mark.parametrize(("transposed", "flat"), [(False, False), (True, False), (False, True)])
def test_encoders_of_either_layout_give_a_feature_every_320_samples(transposed: bool, flat: bool) -> None:
    encoder = Content(graphs.content(256, transposed=transposed, flat=flat), 256, 1)
    assert encoder.features(np.zeros(32_000, np.float32)).shape == (100, 256)


def test_an_encoder_that_does_not_fit_is_named() -> None:
    with pytest.raises(ForeignError, match=r"take vec-768-layer-12\.onnx"):
        ForeignModel(graphs.rvc(768), graphs.content(256), threads=1)
    with pytest.raises(ForeignError, match="the content encoder takes phone"):
        ForeignModel(graphs.rvc(768), graphs.rvc(768), threads=1)
    with pytest.raises(ForeignError, match=r"inputs are source float32\[1,1,\?\]"):
        ForeignModel(graphs.content(768), graphs.content(768), threads=1)


def test_a_graph_of_one_length_is_refused_with_what_to_do() -> None:
    with pytest.raises(ForeignError, match=r"any length \(dynamic axes\)"):
        _model(graphs.rvc(frames=40))


@pytest.mark.parametrize(
    ("channels", "layer", "projected", "factor"),
    [(768, 0, False, 2), (768, 12, False, 2), (256, 0, False, 1), (256, 9, True, 1), (256, 12, True, 3)],
)
def test_okadas_encoder_gives_the_output_that_the_voice_was_taught_on(
    channels: int, layer: int, projected: bool, factor: int
) -> None:
    encoder = Content(graphs.content_vec_500(), channels, 1, layer=layer, projected=projected)
    found = encoder.features(np.full(3200, 0.1, np.float32))
    assert found.shape == (10, channels)
    assert found[5] == pytest.approx(0.1 * factor)
