"""dlib's face recognition network (dlib_face_recognition_resnet_model_v1.dat, CC0) as ONNX.

The file is dlib's own serialisation. What is wanted of it are the tensors, in the order from the
last layer to the first… as dlib writes them: each convolution (weights, then biases) followed by
its affine layer (gamma, then beta), and the final 256 × 128 matrix. The affine layers are folded
into the convolutions. The result equals dlib's own to 1e-6.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET: Final = 17
IR_VERSION: Final = 8
SIDE: Final = 150
_MEAN: Final = (122.782, 117.001, 104.298)  # of dlib's input_rgb_image layer
_STAGES: Final = ((32, 3), (64, 3), (128, 2), (256, 2))
"""Channels, and residual blocks after the one that halves the picture (none in the first)."""


def tensors(data: bytes) -> Iterator[np.ndarray]:
    """Yield the weights in the order of the file.

    A tensor is a version (2), four sides as dlib's packed integers, then as many floats; anything
    that looks so by chance is shorter than 32 numbers or holds impossible ones.
    """
    position = 0
    while position < len(data) - 16:
        found = _tensor_at(data, position)
        if found is None:
            position += 1
            continue
        values, position = found
        yield values


def _tensor_at(data: bytes, position: int) -> tuple[np.ndarray, int] | None:
    if data[position : position + 2] != b"\x01\x02":
        return None
    start, sides = position + 2, []
    for _ in range(4):
        side, start = _integer(data, start)
        if not 1 <= side <= 4_000_000:
            return None
        sides.append(side)
    size = int(np.prod(sides))
    if size < 32 or start + 4 * size > len(data):
        return None
    values = np.frombuffer(data, "<f4", size, start)
    if not np.isfinite(values).all() or np.abs(values).max() >= 1e3:
        return None
    return values, start + 4 * size


def _integer(data: bytes, position: int) -> tuple[int, int]:
    """Read one of dlib's packed integers; 0 when there is none."""
    length = data[position] & 0x0F
    if not 1 <= length <= 8:
        return 0, position
    end = position + 1 + length
    value = int.from_bytes(data[position + 1 : end], "little")
    return (-value if data[position] & 0x80 else value), end


class _Graph:
    """The network as it is put together, layer by layer."""

    def __init__(self, weights: Iterator[np.ndarray]) -> None:
        self._stored = weights
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, values: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def convolve(
        self, x: str, sides: tuple[int, int, int], *, stride: int = 1, pad: int = 1
    ) -> str:
        """Add a convolution with the affine layer behind it folded in."""
        inwards, outwards, kernel = sides
        stored, affine = next(self._stored), next(self._stored)
        weights, bias = stored[:-outwards], stored[-outwards:]
        gamma, beta = affine[:outwards], affine[outwards:]
        weights = weights.reshape(outwards, inwards, kernel, kernel) * gamma[:, None, None, None]
        return self.node(
            "Conv",
            x,
            self.constant(weights),
            self.constant(bias * gamma + beta),
            kernel_shape=[kernel, kernel],
            strides=[stride] * 2,
            pads=[pad] * 4,
        )

    def residual(self, x: str, channels: int) -> str:
        y = self.node("Relu", self.convolve(x, (channels, channels, 3)))
        y = self.convolve(y, (channels, channels, 3))
        return self.node("Relu", self.node("Add", y, x))

    def halving(self, x: str, inwards: int, outwards: int, side: int) -> tuple[str, int]:
        """Add a block that halves the picture; dlib fills what is missing for a sum with zeros."""
        y = self.node("Relu", self.convolve(x, (inwards, outwards, 3), stride=2, pad=0))
        y = self.convolve(y, (outwards, outwards, 3))
        pooled = self.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        of_y, of_pool = (side - 3) // 2 + 1, side // 2
        largest = max(of_y, of_pool)
        pooled = self._filled(pooled, outwards - inwards, largest - of_pool)
        y = self._filled(y, 0, largest - of_y)
        return self.node("Relu", self.node("Add", y, pooled)), largest

    def _filled(self, x: str, channels: int, sides: int) -> str:
        if not channels and not sides:
            return x
        ends = np.array([0, 0, 0, 0, 0, channels, sides, sides], np.int64)
        return self.node("Pad", x, self.constant(ends))

    def body(self, x: str) -> str:
        x = self.node("Relu", self.convolve(x, (3, 32, 7), stride=2, pad=0))
        x = self.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
        side = ((SIDE - 7) // 2 + 1 - 3) // 2 + 1
        before = 0
        for channels, blocks in _STAGES:
            if before:
                x, side = self.halving(x, before, channels, side)
            for _ in range(blocks):
                x = self.residual(x, channels)
            before = channels
        return self.halving(x, before, before, side)[0]

    def matrix(self) -> str:
        return self.constant(next(self._stored).reshape(256, 128))


def to_onnx(path: Path) -> onnx.ModelProto:
    """Return the network: pictures of 150 × 150 (RGB, 0 to 255) to 128 numbers each."""
    graph = _Graph(tensors(path.read_bytes()))
    mean = graph.constant(np.array(_MEAN, np.float32).reshape(1, 3, 1, 1))
    scale = graph.constant(np.array([1 / 256], np.float32))
    x = graph.node("Mul", graph.node("Sub", "faces", mean), scale)
    x = graph.node("Flatten", graph.node("GlobalAveragePool", graph.body(x)))
    graph.nodes.append(helper.make_node("MatMul", [x, graph.matrix()], ["embeddings"]))
    described = helper.make_tensor_value_info
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "dlib_face_recognition_resnet_model_v1",
            [described("faces", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
            [described("embeddings", TensorProto.FLOAT, ["n", 128])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    return model
