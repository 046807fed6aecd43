"""What `juzhu up` prints: whole addresses and commands, at the width of an ordinary terminal."""

import io

from rich.console import Console

from juzhu.cli import greeting
from juzhu.config.env import Env

PERSON = {
    "name": "林小雨",
    "id_number": "450302199807219980",
    "phone": "13800000002",
    "expect": "现在申领通不过：社保连续 9 个月，两年内共 14 个月。"
    "继续缴 3 个月后通过（把时钟往前拨）。",
    "expect_en": "Not yet.",
}


def greeted(tmp_path, people) -> str:
    folder = tmp_path / ("a-rather-long-name-of-a-folder" * 3)
    env = Env.load({"JUZHU_DATA_DIR": str(folder)})
    out = io.StringIO()
    greeting.show(Console(file=out, width=80), env, people)
    return out.getvalue()


def test_addresses_and_commands_can_be_copied_whole(tmp_path):
    shown = greeted(tmp_path, [PERSON])

    assert "juzhu staff code s1001\n" in shown
    assert "staff.json\n" in shown
    assert "http://127.0.0.1:8602/api/v1/docs\n" in shown
    assert "sandbox-partners\n" in shown


def test_what_to_expect_is_not_cut_short(tmp_path):
    shown = greeted(tmp_path, [PERSON])

    assert "…" not in shown
    assert "3" in "".join(line.split("│")[-2] for line in shown.splitlines() if "继续缴" in line)
