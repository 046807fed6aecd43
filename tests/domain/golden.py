"""Reading the cases that lawyers write."""

import re
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent.parent / "golden"


class _Loader(yaml.SafeLoader):
    """Leaves days as they are written, and takes only true and false for answers, not `on`."""


_CHANGED = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _CHANGED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_CHANGED[1], re.compile("true|false"), ["t", "f"])


def cases_in(name):
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), _Loader)
