"""The trained network as the ONNX file that `motion.music.separate_network` loads, and back again:
`python -m performer.voice.train.separation.export STATE`. Weights are kept as float16 and widened on loading."""

import argparse
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from motion.music.separate import CONTEXT, CORE
from motion.music.separate_grid import CELLS
from performer.voice.train.separation.network import Folded

__all__ = ["OUT", "begin_from", "graph_bytes", "main"]

_OPSET = 17
_SMALL = 2048
OUT = Path("motion/music/models/separation.onnx")


def graph_bytes(network: nn.Module) -> bytes:
    """network: (1, 672, 2, 448) -> the same shape."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        # The exporter that needs no further package calls itself deprecated.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(), (torch.zeros(1, CORE + 2 * CONTEXT, 2, CELLS),), Path(folder) / "network.onnx",
            input_names=["heard"], output_names=["share"], opset_version=_OPSET, dynamo=False,
            # Weights keep their names and norms stay apart: `begin_from` reads them. The runtime folds them on loading.
            do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE,
        )  # fmt: skip
        model = onnx.load(Path(folder) / "network.onnx")
    widened: list[onnx.NodeProto] = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < _SMALL:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        widened.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*widened, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def begin_from(network: nn.Module, raw: bytes) -> None:
    """Give `network` the weights of a file that `graph_bytes` made, so that training goes on from what is shipped.

    Raises:
        ValueError: the file is of another network.
    """
    kept = {
        weight.name.removesuffix("_half"): np.asarray(numpy_helper.to_array(weight), np.float32)
        for weight in onnx.load_from_string(raw).graph.initializer
    }
    state = network.state_dict()
    for name, values in state.items():
        if not values.is_floating_point():
            continue
        if name not in kept or kept[name].shape != values.shape:
            raise ValueError("the file is of another network than is trained here")
        state[name] = torch.from_numpy(kept[name].copy())
    network.load_state_dict(state)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path, help="what make_separation keeps")
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args(arguments)
    network = Folded()
    network.load_state_dict(torch.load(chosen.state, weights_only=True)["mean"])
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_bytes(graph_bytes(network))
    print(f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
