"""The networks are those whose origin is written beside them."""

import hashlib
import re

from juzhu.face.networks import FOLDER, network


def test_each_network_is_the_one_written_down_and_loads():
    written = re.findall(r"^\| `(\w+)\.onnx` .*`([0-9a-f]{64})` \|$", _read_me(), re.MULTILINE)

    assert {f"{name}.onnx" for name, _ in written} == {it.name for it in FOLDER.glob("*.onnx")}
    for name, digest in written:
        assert hashlib.sha256((FOLDER / f"{name}.onnx").read_bytes()).hexdigest() == digest
        network(name)


def _read_me() -> str:
    return (FOLDER / "README.md").read_text()
