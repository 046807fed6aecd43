"""A text that was published is never changed: a new wording is a new edition."""

import json
import re
import shlex
from pathlib import Path

import pytest

from juzhu.cli import notices as command
from juzhu.modules.notices.texts import TEXTS, newest, published
from juzhu.modules.notices.texts_beside import BESIDE
from juzhu.modules.partners.texts import TEXTS as WARNINGS
from juzhu.modules.webhooks.texts import ALERTS

GOLDEN = Path("tests/golden/texts.json")


def every_text() -> dict[str, list[str]]:
    found = {
        f"{occasion}.{number}": [text.chinese, text.english]
        for occasion, editions in TEXTS.items()
        for number, text in enumerate(editions, 1)
    }
    for name, editions in BESIDE.items():
        found |= {f"{name}.{number}": [text] for number, text in enumerate(editions, 1)}
    found |= {f"webhook_{kind}.1": [text] for kind, text in ALERTS.items()}
    return found | {f"{kind}.1": [text] for kind, text in WARNINGS.items()}


def test_no_published_text_has_changed_and_every_new_one_is_written_down():
    golden, now = json.loads(GOLDEN.read_text()), every_text()

    changed = [name for name in golden if now.get(name) != golden[name]]
    assert not changed, f"published already: put the new wording behind it as an edition: {changed}"
    new = [name for name in now if name not in golden]
    assert not new, f"new: run `python tests/architecture/test_texts.py` to write down {new}"


def test_a_text_names_each_place_once():
    for name, text in published().items():
        places = re.findall(r"{(\w+)}", text)
        assert len(places) == len(set(places)), name


def test_every_text_can_be_previewed(capsys):
    command.preview()

    assert capsys.readouterr().out.count("条") >= len(TEXTS)


@pytest.mark.parametrize("cloud", command.Cloud)
def test_each_text_has_a_command_by_which_a_cloud_learns_it(cloud, capsys):
    command.templates(cloud)

    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    by_name = {line[line.index("--TemplateName") + 1]: line for line in lines}
    assert set(by_name) == {
        *newest(),
        *(f"webhook_{kind}.1" for kind in ALERTS),
        *(f"{kind}.1" for kind in WARNINGS),
    }
    line = by_name["issued.1"]
    content = line[line.index("--TemplateContent") + 1]
    if cloud is command.Cloud.TENCENT:
        assert content.count("{1}") == content.count("{3}") == 1
        assert "深圳居住证" not in content  # the cloud puts the signature before it
    else:
        rule = json.loads(line[line.index("--TemplateRule") + 1])
        assert rule == {"on": "time", "valid_through": "time", "number": "characterWithNumber"}
        assert "${valid_through}" in content


if __name__ == "__main__":  # write down what is new; what was published stays as it is
    rows = every_text() | json.loads(GOLDEN.read_text())
    lines = (f"{json.dumps(name)}: {json.dumps(rows[name], ensure_ascii=False)}" for name in rows)
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
