"""The four networks, run by ONNX Runtime on one core each call."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

Array = npt.NDArray[np.floating[Any]]
"""Numbers in single or double precision; the networks take and give single."""
Picture = npt.NDArray[np.uint8]
"""Height × width × 3, RGB."""

FOLDER: Final = Path(__file__).parent / "models"


class Network:
    """One network: numbers in, numbers out; safe to call from several threads."""

    def __init__(self, path: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # many people at once, not one person quickly
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # an arena keeps the memory of the busiest moment
        options.enable_mem_pattern = False  # planned ahead it would be kept between frames
        self._session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, numbers: Array) -> dict[str, Array]:
        """Return the outputs by their names."""
        return dict(
            zip(self._outputs, self._session.run(None, {self._input: numbers}), strict=True)
        )


@cache
def network(name: str) -> Network:
    """Return `detector`, `mesh`, `iris` or `embedding`, loaded once per process."""
    return Network(FOLDER / f"{name}.onnx")
