"""`juzhu wechat`: the official account's entry in its menu."""

import json
from importlib import import_module

import typer

from juzhu.cli import running
from juzhu.ports.wechat import WechatRefusedError, WechatUnavailableError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look after WeChat.")


@app.callback()
def main() -> None:
    """Look after the WeChat official account."""


@app.command()
def menu() -> None:
    """Put 政务服务 > 居住证 into the account's menu; all other entries stay. Safe to repeat."""
    env = running.prepared()
    with running.database(env):
        running.start_django()
        wiring, journey = import_module("juzhu.wiring"), import_module("juzhu.journeys.wechat")
        try:
            account = wiring.wechat()
            if account is None:
                running.fail("there is no account: set JUZHU_WECHAT_FILE")
            new = journey.published(account)
            shown = json.dumps(account.menu(), ensure_ascii=False, indent=2)
        except WechatUnavailableError as error:
            running.fail(f"WeChat does not answer ({error}): try again")
        except (ValueError, journey.MenuFullError, WechatRefusedError) as error:
            running.fail(str(error))
    print("published; new followers see it at once" if new else "it is there already")
    print(shown)
