"""Two kinds of page for people: the contract in words, and one page for each kind of problem.

Made from the OpenAPI file, without script and without anything from outside.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from juzhu.api import contract
from juzhu.api.calls import Answer
from juzhu.api.problems import PATH, Kind

POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_STYLE: Final = Path(__file__).with_name("docs.css")


def style() -> Answer:
    """Return the style sheet of both."""
    return Answer(200, _STYLE.read_bytes(), content_type="text/css; charset=utf-8")


@cache
def reference() -> Answer:
    """Return the page of all addresses."""
    document = contract.document()
    parts = [f"<h1>{escape(document['info']['title'])}</h1>", _INTRODUCTION]
    parts += ["<nav><ul>", *_contents(document), "</ul></nav>"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts += _operation(path, method, operation)
    parts += ["<h2 id='schemas'>Bodies</h2>"]
    for name, schema in sorted(document["components"]["schemas"].items()):
        parts += _schema(name, schema)
    parts += ["<h2 id='problems'>Problems</h2><ul>"]
    parts += [_problem_link(kind) for kind in Kind]
    parts += ["</ul>"]
    return _page(document["info"]["title"], parts)


def problem(kind: Kind) -> Answer:
    """Return the page of one kind of problem."""
    value = kind.value
    advice = escape(value.advice).replace("`", "")
    parts = [
        f"<h1>{escape(value.title)}</h1>",
        f"<p>Status {value.status}, <code>{escape(value.slug)}</code></p>",
        f"<p>{advice}</p>",
        "<p><a href='/api/v1/docs'>All addresses</a></p>",
    ]
    return _page(value.title, parts)


def markdown(kind: Kind) -> str:
    """Return the same page as it lies in docs/exchange/problems."""
    value = kind.value
    return f"# {value.title}\n\nStatus {value.status}, `{value.slug}`.\n\n{value.advice}\n"


_INTRODUCTION: Final = (
    "<p>Machine-readable: <a href='/api/v1/openapi.json'>openapi.json</a>. Every refusal is "
    "problem details (RFC 9457); every call needs an access token unless it says otherwise.</p>"
)


def _page(title: str, parts: list[str]) -> Answer:
    head = (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel='stylesheet' href='/api/v1/docs.css'></head>"
    )
    body = "\n".join(parts)
    html = f"{head}<body><main>{body}</main></body></html>"
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "public, max-age=300"}
    return Answer(200, html.encode(), headers, "text/html; charset=utf-8")


def _contents(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            summary = escape(operation["summary"])
            yield (
                f"<li><a href='#{escape(name)}'><code>{method.upper()} {escape(path)}</code></a> "
                f"{summary}</li>"
            )


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield (
        f"<h2 id='{escape(operation['operationId'])}'><code>{method.upper()} {escape(path)}</code>"
        f"</h2><p><b>{escape(operation['summary'])}.</b> "
        f"{escape(operation.get('description', ''))}</p>"
    )
    if operation.get("parameters"):
        yield "<table><tr><th>parameter</th><th>in</th><th>type</th><th>meaning</th></tr>"
        for one in operation["parameters"]:
            star = " *" if one.get("required") else ""
            yield _row(f"{one['name']}{star}", one["in"], _type(one["schema"]), _said(one))
        yield "</table>"
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body, {escape(media_type)}: {_linked(body['schema'])}</p>"
        if "properties" in body["schema"]:
            yield from _members(body["schema"])
    for status, answer in sorted(operation["responses"].items()):
        for media_type, body in answer.get("content", {}).items():
            yield f"<p>{status}, {escape(media_type)}: {_linked(body.get('schema', {}))}</p>"
            if "properties" in body.get("schema", {}):
                yield from _members(body["schema"])


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"<h3 id='schema-{escape(name)}'>{escape(name)}</h3><p>{escape(_said(schema))}</p>"
    if "enum" in schema:
        yield f"<p>{escape(_type(schema))}</p>"
    if "properties" in schema:
        yield from _members(schema)


def _members(schema: dict[str, Any]) -> Iterator[str]:
    yield "<table><tr><th>member</th><th>type</th><th>meaning</th></tr>"
    required = schema.get("required", [])
    for name, member in schema["properties"].items():
        star = " *" if name in required else ""
        yield f"<tr><td>{escape(name)}{star}</td><td>{_linked(member)}</td><td>"
        yield f"{escape(_said(member))}</td></tr>"
    yield "</table>"


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _said(schema: dict[str, Any]) -> str:
    return str(schema.get("description", ""))


def _linked(schema: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return f"<a href='#schema-{escape(name)}'>{escape(name)}</a>"
    if schema.get("type") == "array":
        return f"list of {_linked(schema.get('items', {}))}"
    if "anyOf" in schema:
        return " or ".join(_linked(one) for one in schema["anyOf"])
    return escape(_type(schema))


def _type(schema: dict[str, Any]) -> str:
    if "const" in schema:
        return f'"{schema["const"]}"'
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    return str(schema.get("format", schema.get("type", "anything")))


def _problem_link(kind: Kind) -> str:
    value = kind.value
    return (
        f"<li>{value.status} <a href='{PATH}{value.slug}'><code>{value.slug}</code></a> "
        f"{escape(value.title)}</li>"
    )
