"""`juzhu face calibrate`, and what the doctor says of the local check."""

import shutil
from pathlib import Path

import pytest

from juzhu.city import __file__ as city
from juzhu.cli import checks, face
from juzhu.cli.findings import Level
from juzhu.cli.main import main
from juzhu.config.env import Env

FACES = Path(city).parent / "data" / "faces"
CAMERA = Path(__file__).parents[1] / "face" / "photographs"


def folder_of(tmp_path: Path, people: dict[str, list[Path]]) -> Path:
    for person, photographs in people.items():
        (tmp_path / person).mkdir()
        for number, path in enumerate(photographs):
            shutil.copy(path, tmp_path / person / f"{number}.jpg")
    return tmp_path


def calibrate(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["face", "calibrate", str(folder)])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_errors_are_counted_on_ones_own_photographs(tmp_path, capsys):
    people = {
        "obama": [FACES / "obama.jpg", CAMERA / "obama3.jpg"],
        "biden": [FACES / "biden.jpg"],
        "collins": [FACES / "collins.jpg"],
    }
    folder = folder_of(tmp_path, people)
    (folder / "biden" / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")

    code, out, _ = calibrate(folder, capsys)

    assert code == 0
    assert "broken.jpg" in out
    assert "4 photographs of 3 people" in out
    rows = {it.split()[0]: it.split()[1:] for it in out.splitlines() if it.strip()[:2] == "0."}
    assert rows["0.48"] == ["0.00%", "1", "0.00%", "5"]


@pytest.mark.parametrize("people", [{}, {"obama": [FACES / "obama.jpg"]}])
def test_too_few_photographs_say_so(tmp_path, capsys, people):
    code, _, err = calibrate(folder_of(tmp_path, people), capsys)

    assert code == 1
    assert "the least" in err


def test_a_folder_that_is_none_says_so(tmp_path, capsys):
    code, _, err = calibrate(tmp_path / "nowhere", capsys)

    assert code == 2
    assert "cannot be read" in err


def test_without_the_extra_it_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(face, "find_spec", lambda name: None)

    code, _, err = calibrate(tmp_path, capsys)

    assert code == 2
    assert "juzhu[face]" in err


def test_without_the_extra_nothing_is_started_and_the_doctor_says_why(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(face, "find_spec", lambda name: None)
    monkeypatch.setenv("JUZHU_FACE", "local")
    monkeypatch.setenv("JUZHU_DATA_DIR", str(tmp_path / "data"))

    with pytest.raises(SystemExit) as ended:
        main(["up"])

    assert ended.value.code == 2
    assert "juzhu[face]" in capsys.readouterr().err
    assert not (tmp_path / "data" / "pids").exists()
    found = checks._face(Env.load())
    assert (found.level, found.advice) == (Level.FAIL, "install juzhu[face]")
