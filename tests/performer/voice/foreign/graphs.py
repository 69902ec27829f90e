"""Small ONNX graphs with the signatures of foreign models, whose answers can be foretold. No weights of anybody."""

import json
from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HOP = 400

F32, F16, I64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64


def _bytes(
    nodes: list[onnx.NodeProto],
    inputs: Sequence[tuple[str, int, Sequence[int | str]]],
    constants: dict[str, np.ndarray],
    output: tuple[str, int] = ("audio", F32),
    metadata: dict[str, str] | None = None,
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(name, kind, list(shape)) for name, kind, shape in inputs],
        [helper.make_tensor_value_info(*output, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    return model.SerializeToString()


def content(channels: int = 768, *, transposed: bool = False, flat: bool = False) -> bytes:
    """Mean of |sound| over 400 samples every 320, in every channel; [1,1,N] or [1,N] -> [1,C,T] or [1,T,C]."""
    nodes = [
        helper.make_node("Reshape", ["source", "deep"], ["shaped"]),
        helper.make_node("Abs", ["shaped"], ["loud"]),
        helper.make_node("AveragePool", ["loud"], ["mean"], kernel_shape=[400], strides=[320]),
        helper.make_node("Tile", ["mean", "often"], ["wide"]),
        helper.make_node("Transpose", ["wide"], ["audio"], perm=[0, 2, 1] if transposed else [0, 1, 2]),
    ]
    constants = {"deep": np.array([1, 1, -1]), "often": np.array([1, channels, 1])}
    return _bytes(nodes, [("source", F32, [1, "N"] if flat else [1, 1, "N"])], constants)


def content_vec_500() -> bytes:
    """w-okada's encoder: three outputs that tell themselves apart by 1, 2 and 3 times the mean of |sound|."""
    nodes = [
        helper.make_node("Reshape", ["audio", "deep"], ["shaped"]),
        helper.make_node("Abs", ["shaped"], ["loud"]),
        helper.make_node("AveragePool", ["loud"], ["mean"], kernel_shape=[400], strides=[320]),
        helper.make_node("Transpose", ["mean"], ["column"], perm=[0, 2, 1]),
    ]
    constants = {"deep": np.array([1, 1, -1])}
    outputs = (("units9", 256, 1.0), ("unit12", 768, 2.0), ("unit12s", 256, 3.0))
    for name, channels, factor in outputs:
        constants |= {f"often{name}": np.array([1, 1, channels]), f"factor{name}": np.float32(factor)}
        nodes += [
            helper.make_node("Tile", ["column", f"often{name}"], [f"wide{name}"]),
            helper.make_node("Mul", [f"wide{name}", f"factor{name}"], [name]),
        ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("audio", F32, [1, "N"])],
        [helper.make_tensor_value_info(name, F32, [1, "T", channels]) for name, channels, _ in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


def _spread(frames: str, hop: int) -> tuple[list[onnx.NodeProto], dict[str, np.ndarray]]:
    """[1,T] -> audio [1,1,T * hop], each number held for a hop."""
    nodes = [
        helper.make_node("Reshape", [frames, "column"], ["as_column"]),
        helper.make_node("Tile", ["as_column", "hops"], ["held"]),
        helper.make_node("Reshape", ["held", "line"], ["audio"]),
    ]
    constants = {"column": np.array([-1, 1]), "hops": np.array([1, hop]), "line": np.array([1, 1, -1])}
    return nodes, constants


def _first(features: str, half: bool) -> list[onnx.NodeProto]:
    """[1,T,C] -> "level" [1,T], the mean over the channels."""
    return [
        helper.make_node("Cast", [features], ["full"], to=F32),
        helper.make_node("ReduceMean", ["full"], ["level"], axes=[2], keepdims=0),
    ]


def rvc(
    channels: int = 768,
    *,
    hop: int = HOP,
    pitched: bool = True,
    tone: bool = False,
    noisy: float = 0.0,
    frames: int | str = "T",
) -> bytes:
    """WebUI's export. Sounds each frame's mean feature (tone: a sine at pitchf, as loud); noisy: plus its noise.

    frames: a number for an export of one length only.
    """
    inputs: list[tuple[str, int, list[int | str]]] = [
        ("phone", F32, [1, frames, channels]),
        ("phone_lengths", I64, [1]),
        *([("pitch", I64, [1, frames]), ("pitchf", F32, [1, frames])] if pitched else []),
        ("ds", I64, [1]),
        ("rnd", F32, [1, 192, frames]),
    ]
    nodes = [
        *_first("phone", False),
        helper.make_node("ReduceMean", ["rnd"], ["shake"], axes=[1], keepdims=0),
        helper.make_node("Mul", ["shake", "noisy"], ["shaken"]),
        helper.make_node("Add", ["level", "shaken"], ["sum"]),
    ]
    constants: dict[str, np.ndarray] = {"noisy": np.float32(noisy)}
    if tone:
        constants |= {"turn": np.float32(2 * np.pi / (hop * 100)), "flat": np.array([1, -1]), "axis": np.array(1)}
        constants |= {"column2": np.array([-1, 1]), "hops2": np.array([1, hop])}
        nodes += [
            helper.make_node("Reshape", ["pitchf", "column2"], ["p1"]),
            helper.make_node("Tile", ["p1", "hops2"], ["p2"]),
            helper.make_node("Reshape", ["p2", "flat"], ["p3"]),
            helper.make_node("CumSum", ["p3", "axis"], ["cycles"]),
            helper.make_node("Mul", ["cycles", "turn"], ["phase"]),
            helper.make_node("Sin", ["phase"], ["wave"]),
        ]
    spread, more = _spread("sum", hop)
    constants |= more
    if tone:
        spread[-1] = helper.make_node("Reshape", ["held", "flat"], ["loudness"])
        nodes += [*spread, helper.make_node("Mul", ["wave", "loudness"], ["audio"])]
    else:
        nodes += spread
    return _bytes(nodes, inputs, constants)


def okada(channels: int = 768, *, half: bool = True, pitched: bool = True, rate: int = 40_000) -> bytes:
    """w-okada's export with its metadata; sounds pitchf / 2000 (or the features' mean without pitch)."""
    inputs: list[tuple[str, int, list[int | str]]] = [
        ("feats", F16 if half else F32, [1, "T", channels]),
        ("p_len", I64, [1]),
        *([("pitch", I64, [1, "T"]), ("pitchf", F32, [1, "T"])] if pitched else []),
        ("sid", I64, [1]),
    ]
    nodes = _first("feats", half)
    if pitched:
        nodes.append(helper.make_node("Mul", ["pitchf", "small"], ["sum"]))
    spread, constants = _spread("sum" if pitched else "level", rate // 100)
    told = {"application": "VC_CLIENT", "version": "2.1", "samplingRate": rate, "f0": pitched}
    told |= {"embChannels": channels, "embedder": "hubert_base", "embOutputLayer": 12 if channels == 768 else 9}
    constants["small"] = np.float32(1 / 2000)
    return _bytes(nodes + spread, inputs, constants, metadata={"metadata": json.dumps(told)})


def so_vits(
    channels: int = 256, *, hop: int = 512, volume: bool = False, mix: int = 0, sounds: str = "gathered"
) -> bytes:
    """so-vits-svc 4: gathers `c` by `mel2ph` behind a zero row as the real graph does.

    sounds: gathered (mean feature), f0 (over 2000), uv, vol, or sid (of a mix: speaker 1's weight).
    """
    inputs: list[tuple[str, int, list[int | str]]] = [
        ("c", F32, [1, "N", channels]),
        ("f0", F32, [1, "T"]),
        ("mel2ph", I64, [1, "T"]),
        ("uv", F32, [1, "T"]),
        ("noise", F32, [1, 192, "T"]),
        ("sid", F32, ["T", mix]) if mix else ("sid", I64, [1]),
        *([("vol", F32, [1, "T"])] if volume else []),
    ]
    nodes = [
        helper.make_node("Concat", ["nothing", "c"], ["behind"], axis=1),
        helper.make_node("Reshape", ["mel2ph", "one"], ["which"]),
        helper.make_node("Gather", ["behind", "which"], ["gathered3"], axis=1),
        helper.make_node("ReduceMean", ["gathered3"], ["gathered"], axes=[2], keepdims=0),
        helper.make_node("Mul", ["f0", "small"], ["f0small"]),
    ]
    constants: dict[str, np.ndarray] = {
        "nothing": np.zeros((1, 1, channels), np.float32),
        "one": np.array([-1]),
        "small": np.float32(1 / 2000),
    }
    if mix:
        constants |= {"second": np.array(1), "row": np.array([1, -1])}
        nodes += [
            helper.make_node("Gather", ["sid", "second"], ["weight"], axis=1),
            helper.make_node("Reshape", ["weight", "row"], ["sidrow"]),
        ]
    heard = {"gathered": "gathered", "f0": "f0small", "uv": "uv", "vol": "vol", "sid": "sidrow"}[sounds]
    spread, more = _spread(heard, hop)
    return _bytes(nodes + spread, inputs, constants | more)


def rmvpe(hertz: float = 330.0) -> bytes:
    """waveform [1,N], threshold [1] -> [1, N / 160 + 1], always `hertz`."""
    nodes = [
        helper.make_node("Shape", ["waveform"], ["size"]),
        helper.make_node("Gather", ["size", "one"], ["n"], axis=0),
        helper.make_node("Div", ["n", "hop"], ["frames"]),
        helper.make_node("Add", ["frames", "one1"], ["more"]),
        helper.make_node("Concat", ["one1", "more"], ["shape"], axis=0),
        helper.make_node(
            "ConstantOfShape", ["shape"], ["audio"], value=numpy_helper.from_array(np.array([hertz], np.float32))
        ),
    ]
    constants = {"one": np.array([1]), "hop": np.array([160]), "one1": np.array([1])}
    return _bytes(nodes, [("waveform", F32, [1, "N"]), ("threshold", F32, [1])], constants)


def unknown() -> bytes:
    """A graph of something else."""
    nodes = [helper.make_node("Identity", ["picture"], ["audio"])]
    return _bytes(nodes, [("picture", F32, [1, 3, "H", "W"])], {})
