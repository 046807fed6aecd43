"""The command tells what it can do and what is wrong."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from juzhu.cli import main


def said(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main.main(arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_help_lists_the_commands(capsys, arguments):
    main.main(arguments)

    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in ("up", "web", "worker", "city", "doctor"))
    assert "load-trial" not in shown


def test_an_unknown_command_is_answered_with_the_nearest(capsys):
    assert "Did you mean 'doctor'?" in said(capsys, "docter")
    assert "juzhu --help" in said(capsys, "qqq")


@pytest.mark.parametrize("name", sorted(main.COMMANDS))
def test_every_command_is_where_the_table_says(name):
    command = main.COMMANDS[name]
    if find_spec(command.module) is None:
        pytest.skip(f"{command.module} is not written yet")

    assert hasattr(import_module(command.module), command.name)


def test_asking_for_help_imports_neither_django_nor_a_server():
    probe = (
        "import sys; from juzhu.cli.main import main; main([]); "
        "sys.exit(bool({'django', 'granian', 'psycopg'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode == 0


@pytest.mark.parametrize("command", ["up", "web", "worker", "city", "migrate"])
def test_wrong_settings_end_a_command_with_2_and_one_sentence(command, tmp_path):
    done = juzhu(command, JUZHU_DATA_DIR=str(tmp_path), JUZHU_LISTEN="nowhere")

    assert done.returncode == 2
    assert done.stderr == "juzhu: JUZHU_LISTEN must be host:port, for example 127.0.0.1:8600.\n"


def test_the_city_does_not_run_in_production(tmp_path):
    key = "a" * 43 + "="
    done = juzhu(
        "city",
        JUZHU_MODE="production",
        JUZHU_DATA_DIR=str(tmp_path),
        JUZHU_SECRET_KEY="s" * 50,
        JUZHU_VAULT_KEYS=f'{{"current":"k","encryption":{{"k":"{key}"}},"digest":"{key}"}}',
        JUZHU_GATEWAY_URL="https://g",
        JUZHU_GATEWAY_APPID="a",
        JUZHU_GATEWAY_SECRET="s",
        JUZHU_SMS_URL="https://s",
        JUZHU_FACE_URL="https://f",
        JUZHU_ALLOWED_HOSTS="h",
    )

    assert done.returncode == 2
    assert "production" in done.stderr


def juzhu(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "juzhu.cli.main", command],
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
