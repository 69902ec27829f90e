"""Which model a graph is: by its inputs, with a sentence where it is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.foreign.graph import Graph
from performer.voice.foreign.kinds import ForeignError, Recipe, Tensor, recognise
from tests.performer.voice.foreign import graphs


def _of(model: bytes) -> Recipe:
    graph = Graph(model, "the voice model", 1)
    return recognise(graph.inputs, graph.metadata)


@pytest.mark.parametrize("channels", [256, 768])
@pytest.mark.parametrize("pitched", [True, False])
def test_rvc_is_known_by_its_inputs(channels: int, pitched: bool) -> None:
    found = _of(graphs.rvc(channels, pitched=pitched))
    assert (found.family, found.channels, found.pitched, found.noise, found.half) == (
        *("rvc", channels, pitched, True, False),
    )


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("pitched", [True, False])
def test_okadas_export_tells_precision_and_rate(half: bool, pitched: bool) -> None:
    found = _of(graphs.okada(half=half, pitched=pitched, rate=32_000))
    assert (found.family, found.half, found.pitched, found.rate) == ("w-okada", half, pitched, 32_000)
    assert (found.noise, found.layer) == (False, 12)


def test_so_vits_with_volume_and_with_a_mix_of_speakers() -> None:
    assert _of(graphs.so_vits(768, volume=True)).volume
    plain = _of(graphs.so_vits())
    assert (plain.family, plain.channels, plain.mixed, plain.volume) == ("so-vits-svc", 256, False, False)
    mixed = _of(graphs.so_vits(mix=3))
    assert (mixed.mixed, mixed.speakers) == (True, 3)


def test_an_unknown_graph_is_refused_with_what_was_found_and_what_is_known() -> None:
    with pytest.raises(ForeignError) as caught:
        _of(graphs.unknown())
    assert "picture float32[1,3,?,?]" in str(caught.value)
    assert "phone_lengths" in str(caught.value)
    assert "mel2ph" in str(caught.value)


@pytest.mark.parametrize("junk", [b"", b"no graph", b"\x08\x09" * 40, graphs.rvc()[:200]])
def test_what_is_no_graph_is_refused_in_a_sentence(junk: bytes) -> None:
    with pytest.raises(ForeignError, match="not an ONNX graph"):
        Graph(junk, "the voice model", 1)


def _inputs(**changed: Tensor | None) -> list[Tensor]:
    all_of = {
        "feats": Tensor("feats", "float16", (1, None, 768)),
        "p_len": Tensor("p_len", "int64", (1,)),
        "pitch": Tensor("pitch", "int64", (1, None)),
        "pitchf": Tensor("pitchf", "float32", (1, None)),
        "sid": Tensor("sid", "int64", (1,)),
    }
    return [tensor for tensor in (all_of | changed).values() if tensor is not None]


def test_half_a_pitch_is_no_model() -> None:
    with pytest.raises(ForeignError, match="known are"):
        recognise(_inputs(pitchf=None), {})


def test_a_type_or_width_that_does_not_fit_is_named() -> None:
    with pytest.raises(ForeignError, match=r"pitch float32\[1,\?\] should be int64"):
        recognise(_inputs(pitch=Tensor("pitch", "float32", (1, None))), {})
    with pytest.raises(ForeignError, match="512 features"):
        recognise(_inputs(feats=Tensor("feats", "float32", (1, None, 512))), {})
    with pytest.raises(ForeignError, match=r"4\.0-v2"):
        recognise([Tensor("c", "float32", (1, None, 256)), Tensor("t_window", "float32", (1, 2048, None))], {})


def test_metadata_fill_in_a_width_that_the_graph_leaves_open_but_never_overrule_it() -> None:
    told = {"metadata": json.dumps({"embChannels": 256, "samplingRate": 48_000})}
    assert recognise(_inputs(feats=Tensor("feats", "float16", (1, None, None))), told).channels == 256
    assert recognise(_inputs(), told).channels == 768
    with pytest.raises(ForeignError, match="unknown number"):
        recognise(_inputs(feats=Tensor("feats", "float16", (1, None, None))), {})


@given(st.text(max_size=60) | st.recursive(st.integers() | st.text() | st.none(), st.lists).map(json.dumps))
def test_any_metadata_is_read_or_refused_by_our_error(text: str) -> None:
    try:
        assert recognise(_inputs(), {"metadata": text}).family == "w-okada"
    except ForeignError as error:
        assert "Hz" in str(error)


@given(
    st.lists(
        st.builds(
            Tensor,
            st.sampled_from(
                ["phone", "phone_lengths", "ds", "rnd", "c", "f0", "mel2ph", "uv", "noise", "sid", "vol", "x"]
            ),
            st.sampled_from(["float32", "float16", "int64", "tensor(bool)"]),
            st.lists(st.none() | st.integers(1, 800), max_size=4).map(tuple),
        ),
        max_size=8,
        unique_by=lambda tensor: tensor.name,
    )
)
def test_any_inputs_are_known_or_refused_by_our_error(tensors: list[Tensor]) -> None:
    try:
        assert recognise(tensors, {}).channels in (256, 768)
    except ForeignError as error:
        assert len(str(error)) > 20
