"""Write the exchange's OpenAPI file and the pages of its problems.

`make openapi` runs it. A change that breaks a department's program is refused unless `--break` is
given, which belongs together with a new major version in the address.
"""

import json
import os
import sys
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juzhu.config.settings")
django.setup()

from tools.exchange.breaks import breaks  # noqa: E402

from juzhu.api import contract, pages  # noqa: E402  # Django first
from juzhu.api.problems import Kind  # noqa: E402

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "docs" / "exchange" / "openapi.json"
PROBLEMS: Final = ROOT / "docs" / "exchange" / "problems"


def generated() -> str:
    """Return the file as it ought to be."""
    return json.dumps(contract.document(), ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    """Write everything, or say what would break and write nothing."""
    new = generated()
    if FILE.exists() and "--break" not in arguments:
        found = list(breaks(json.loads(FILE.read_text()), json.loads(new)))
        if found:
            print("This would break departments' programs:", *found, sep="\n  ")
            return 1
    FILE.write_text(new)
    PROBLEMS.mkdir(exist_ok=True)
    for path in PROBLEMS.glob("*.md"):
        path.unlink()
    for kind in Kind:
        (PROBLEMS / f"{kind.value.slug}.md").write_text(pages.markdown(kind))
    print(f"wrote {FILE.relative_to(ROOT)} and {len(Kind)} pages of problems")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
