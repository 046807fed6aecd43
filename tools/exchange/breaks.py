"""What would break a department's program: one OpenAPI file compared with another."""

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]


def breaks(old: Object, new: Object) -> Iterator[str]:
    """Yield what a program written against `old` would trip over in `new`."""
    for path, methods in old["paths"].items():
        for method, before in methods.items():
            after = new["paths"].get(path, {}).get(method)
            where = f"{method.upper()} {path}"
            if after is None:
                yield f"{where} is gone"
            else:
                yield from _operation(where, _Side(old, before), _Side(new, after))


class _Side:
    """One operation with the file that its references lead into."""

    def __init__(self, document: Object, operation: Object) -> None:
        self.document, self.operation = document, operation

    def followed(self, schema: Object) -> Object:
        seen = 0
        while "$ref" in schema and seen < 10:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema, seen = found, seen + 1
        return schema

    def parameters(self) -> dict[tuple[str, str], Object]:
        found = self.operation.get("parameters", [])
        return {(one["in"], one["name"]): one for one in found}

    def body(self) -> dict[str, Object]:
        content = self.operation.get("requestBody", {}).get("content", {})
        return {kind: one.get("schema", {}) for kind, one in content.items()}

    def answers(self) -> dict[tuple[str, str], Object]:
        """Only what is wanted: refusals may change their kinds."""
        found: dict[tuple[str, str], Object] = {}
        wanted = {k: one for k, one in self.operation["responses"].items() if k < "4"}
        for status, answer in wanted.items():
            for kind, one in self.followed(answer).get("content", {"": {}}).items():
                found[status, kind] = one.get("schema", {})
        return found


def _operation(where: str, old: _Side, new: _Side) -> Iterator[str]:
    yield from _parameters(where, old, new)
    if new.body() and not old.body():
        yield f"{where}: a body is needed now"
    for kind, schema in old.body().items():
        if kind in new.body():
            yield from _sent(f"{where} body", old, schema, new, new.body()[kind])
        else:
            yield f"{where}: {kind} is not read any more"
    for (status, kind), schema in old.answers().items():
        if (status, kind) in new.answers():
            answer = new.answers()[status, kind]
            yield from _received(f"{where} {status}", old, schema, new, answer)
        else:
            yield f"{where}: the answer {status} {kind} is gone"


def _parameters(where: str, old: _Side, new: _Side) -> Iterator[str]:
    known, given = old.parameters(), new.parameters()
    for key, parameter in given.items():
        if parameter.get("required") and not known.get(key, {}).get("required"):
            yield f"{where}: parameter {key[1]} is required now"
    for key, parameter in known.items():
        if key in given:
            yield from _sent(
                f"{where} {key[1]}", old, parameter["schema"], new, given[key]["schema"]
            )
        else:
            yield f"{where}: parameter {key[1]} is gone"


def _sent(where: str, old: _Side, before: Object, new: _Side, after: Object) -> Iterator[str]:
    """What was right to send must stay right."""
    before, after = old.followed(before), new.followed(after)
    yield from _narrowed(where, before, after)
    yield from (f"{where}: {name} is required now" for name in _required(after) - _required(before))
    closed = after.get("additionalProperties") is False
    for name, schema in before.get("properties", {}).items():
        if name in after.get("properties", {}):
            yield from _sent(f"{where}/{name}", old, schema, new, after["properties"][name])
        elif closed:
            yield f"{where}/{name} is refused now"
    if "items" in before and "items" in after:
        yield from _sent(f"{where}[]", old, before["items"], new, after["items"])


def _received(where: str, old: _Side, before: Object, new: _Side, after: Object) -> Iterator[str]:
    """What could be relied upon in an answer must stay."""
    before, after = old.followed(before), new.followed(after)
    yield from _narrowed(where, after, before)
    yield from (f"{where}: {name} may be missing" for name in _required(before) - _required(after))
    for name, schema in before.get("properties", {}).items():
        if name not in after.get("properties", {}):
            yield f"{where}/{name} is gone"
        else:
            yield from _received(f"{where}/{name}", old, schema, new, after["properties"][name])
    if "items" in before and "items" in after:
        yield from _received(f"{where}[]", old, before["items"], new, after["items"])


def _narrowed(where: str, wide: Object, narrow: Object) -> Iterator[str]:
    """Yield what `wide` allows and `narrow` does not: types and listed values."""
    types, fewer = _types(wide), _types(narrow)
    if types and fewer and types - fewer:
        yield f"{where}: type {', '.join(sorted(types - fewer))} against {', '.join(sorted(fewer))}"
    if "enum" in narrow:
        lost = set(map(str, wide.get("enum", ["anything"]))) - set(map(str, narrow["enum"]))
        yield from (f"{where}: value {value} on one side only" for value in sorted(lost))


def _types(schema: Object) -> set[str]:
    if "anyOf" in schema:
        return {name for one in schema["anyOf"] for name in _types(one)} | (
            {"object"} if any("$ref" in one for one in schema["anyOf"]) else set()
        )
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _required(schema: Object) -> set[str]:
    return set(schema.get("required", []))
