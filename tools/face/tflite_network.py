"""A TensorFlow Lite file as ONNX: the few operators that MediaPipe's face networks use.

TensorFlow keeps channels last (NHWC), ONNX first (NCHW). Everything four-dimensional is kept
channels first here; the one place where the order of the numbers shows is RESHAPE, which goes
through channels last. The input is channels first as well.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

OPSET: Final = 17
IR_VERSION: Final = 8
_NAMES: Final = {
    value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)
}
_DTYPES: Final = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}


class UnknownOperatorError(Exception):
    """The network uses what this file does not translate."""


class Network:
    """One network on its way from TensorFlow Lite to ONNX."""

    def __init__(self, path: Path) -> None:
        self._model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
        self._graph = self._model.Subgraphs(0)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._constants: dict[int, np.ndarray] = {}  # what DEQUANTIZE made of a stored half

    def to_onnx(self, name: str) -> onnx.ModelProto:
        """Return the checked ONNX model; inputs and outputs keep their names."""
        for index in range(self._graph.OperatorsLength()):
            self._translate(self._graph.Operators(index))
        inputs = [self._described(i, first=True) for i in self._graph.InputsAsNumpy()]
        outputs = [self._described(i, first=True) for i in self._graph.OutputsAsNumpy()]
        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        onnx.checker.check_model(model)
        return model

    def _described(self, index: int, *, first: bool) -> onnx.ValueInfoProto:
        shape = list(self._shape(index))
        if len(shape) == 4 and first:
            shape = [shape[0], shape[3], shape[1], shape[2]]
        return helper.make_tensor_value_info(self._name(index), TensorProto.FLOAT, shape)

    def _translate(self, operator: Any) -> None:
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        name = _NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        translate = _TRANSLATIONS.get(name)
        if translate is None:
            raise UnknownOperatorError(name)
        translate(self, operator, list(operator.InputsAsNumpy()), operator.Outputs(0))

    def _name(self, index: int) -> str:
        return str(self._graph.Tensors(index).Name().decode())

    def _shape(self, index: int) -> tuple[int, ...]:
        return tuple(int(side) for side in self._graph.Tensors(index).ShapeAsNumpy())

    def _constant(self, index: int) -> np.ndarray:
        """Return what is stored under a tensor; halves as single precision."""
        if index in self._constants:
            return self._constants[index]
        tensor = self._graph.Tensors(index)
        stored = self._model.Buffers(tensor.Buffer()).DataAsNumpy()
        return np.frombuffer(stored.tobytes(), _DTYPES[tensor.Type()]).reshape(self._shape(index))

    def _weight(self, values: np.ndarray, name: str) -> str:
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def dequantize(self, _operator: Any, inputs: list[int], output: int) -> None:
        """Halves are widened now: the file is packed again as a whole at the end."""
        self._constants[output] = self._constant(inputs[0]).astype(np.float32)

    def convolution(self, operator: Any, inputs: list[int], output: int) -> None:
        """CONV_2D: weights (out, height, width, in)."""
        options = tflite.Conv2DOptions()
        _read(options, operator)
        weights = self._constant(inputs[1]).transpose(0, 3, 1, 2)
        self._convolve(options, weights, 1, inputs, output)

    def depthwise(self, operator: Any, inputs: list[int], output: int) -> None:
        """DEPTHWISE_CONV_2D: weights (1, height, width, channels)."""
        options = tflite.DepthwiseConv2DOptions()
        _read(options, operator)
        weights = self._constant(inputs[1]).transpose(3, 0, 1, 2)
        self._convolve(options, weights, self._shape(inputs[0])[3], inputs, output)

    def _convolve(
        self, options: Any, weights: np.ndarray, groups: int, inputs: list[int], output: int
    ) -> None:
        name = self._name(output)
        activated = options.FusedActivationFunction() == tflite.ActivationFunctionType.RELU
        _expect(activated or options.FusedActivationFunction() == 0, "fused activation")
        self._node(
            "Conv",
            [
                self._name(inputs[0]),
                self._weight(weights, f"{name}.weights"),
                self._weight(self._constant(inputs[2]), f"{name}.bias"),
            ],
            f"{name}.linear" if activated else name,
            group=groups,
            kernel_shape=list(weights.shape[2:]),
            **_window(options),
        )
        if activated:
            self._node("Relu", [f"{name}.linear"], name)

    def max_pool(self, operator: Any, inputs: list[int], output: int) -> None:
        """MAX_POOL_2D."""
        options = tflite.Pool2DOptions()
        _read(options, operator)
        self._node(
            "MaxPool",
            [self._name(inputs[0])],
            self._name(output),
            kernel_shape=[options.FilterHeight(), options.FilterWidth()],
            **_window(options),
        )

    def add(self, _operator: Any, inputs: list[int], output: int) -> None:
        """ADD of two computed tensors."""
        self._node("Add", [self._name(index) for index in inputs], self._name(output))

    def relu(self, _operator: Any, inputs: list[int], output: int) -> None:
        """RELU."""
        self._node("Relu", [self._name(inputs[0])], self._name(output))

    def prelu(self, _operator: Any, inputs: list[int], output: int) -> None:
        """PRELU with one slope per channel."""
        slopes = self._constant(inputs[1]).reshape(-1, 1, 1)
        weight = self._weight(slopes, f"{self._name(output)}.slopes")
        self._node("PRelu", [self._name(inputs[0]), weight], self._name(output))

    def pad(self, _operator: Any, inputs: list[int], output: int) -> None:
        """PAD with zeros, of any side."""
        rows = self._constant(inputs[1])[[0, 3, 1, 2]]
        sides = self._weight(rows.T.reshape(-1).astype(np.int64), f"{self._name(output)}.sides")
        self._node("Pad", [self._name(inputs[0]), sides], self._name(output))

    def reshape(self, _operator: Any, inputs: list[int], output: int) -> None:
        """RESHAPE into fewer than four sides, numbers in the order of channels last."""
        name, shape = self._name(output), self._shape(output)
        _expect(len(shape) != 4, "reshape into four sides")
        last = f"{name}.last"
        self._node("Transpose", [self._name(inputs[0])], last, perm=[0, 2, 3, 1])
        self._node(
            "Reshape", [last, self._weight(np.array(shape, np.int64), f"{name}.shape")], name
        )

    def concatenation(self, operator: Any, inputs: list[int], output: int) -> None:
        """CONCATENATION of what RESHAPE has made."""
        options = tflite.ConcatenationOptions()
        _read(options, operator)
        _expect(len(self._shape(output)) != 4, "concatenation of four sides")
        names = [self._name(index) for index in inputs]
        self._node("Concat", names, self._name(output), axis=options.Axis())


_TRANSLATIONS: Final[dict[str, Callable[[Network, Any, list[int], int], None]]] = {
    "DEQUANTIZE": Network.dequantize,
    "CONV_2D": Network.convolution,
    "DEPTHWISE_CONV_2D": Network.depthwise,
    "MAX_POOL_2D": Network.max_pool,
    "ADD": Network.add,
    "RELU": Network.relu,
    "PRELU": Network.prelu,
    "PAD": Network.pad,
    "RESHAPE": Network.reshape,
    "CONCATENATION": Network.concatenation,
}


def _window(options: Any) -> dict[str, Any]:
    same = options.Padding() == tflite.Padding.SAME
    return {
        "strides": [options.StrideH(), options.StrideW()],
        "auto_pad": "SAME_UPPER" if same else "VALID",
    }


def _read(options: Any, operator: Any) -> None:
    table = operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise UnknownOperatorError(what)
