"""The citizens' pages need no more than Chromium 88 and Safari 15 of a phone have.

Versions from MDN's browser-compat-data 8.1.9. `make old-browser` walks the pages in Chromium 88.
"""

import re
from pathlib import Path
from typing import Final

import pytest

STATIC = Path(__file__).parents[2] / "src" / "juzhu" / "web" / "static" / "rp"

# What is newer, how it is recognised, and since which Chrome and which Safari on iOS it exists.
CSS: Final = {
    "nesting": (r"[{;]\s*&|^\s*&", "& b{color:red}", "120, 17.2"),
    "container queries": (
        r"@container|container-type|\bcq[wib]\b",
        "@container(width>1px){",
        "105, 16",
    ),
    "layers": (r"@layer", "@layer base{", "99, 15.4"),
    "scope": (r"@scope", "@scope(.a){", "118, 26"),
    "starting style": (r"@starting-style", "@starting-style{", "117, 17.5"),
    "registered properties": (r"@property", "@property --a{", "85, 16.4"),
    "ranges in media queries": (r"@media[^{]*[<>]", "@media (width>=60rem){", "104, 16.4"),
    "dynamic viewport units": (
        r"\d(?:[dsl]v[hwib]|[ds]vmin|[ds]vmax)\b",
        "height:100dvh",
        "108, 15.4",
    ),
    "line-height units": (r"\dr?lh\b", "height:2lh", "109, 16.4"),
    "mixed colours": (
        r"color-mix\(|oklch\(|oklab\(|light-dark\(",
        "color-mix(in srgb,",
        "111, 15.4",
    ),
    "accent colour": (r"accent-color", "accent-color:red", "93, 26.2"),
    "overflow clip": (r"overflow(?:-[xy])?:clip", "overflow:clip", "90, 16"),
    "single transforms": (r"[{;](?:translate|rotate|scale):", "{scale:2}", "104, 14.5"),
    "unprefixed masks": (r"[{;]mask(?:-image)?:", "{mask:url(a.svg)}", "120, 15.4"),
    "subgrid": (r"subgrid", "grid-template-rows:subgrid", "117, 16"),
    "field sizing": (r"field-sizing", "field-sizing:content", "123, 26.2"),
    "popovers": (r":popover-open", ":popover-open{", "114, 17"),
    "user-valid": (r":user-(?:in)?valid", ":user-invalid{", "119, 16.5"),
    "has": (r":has\(", "a:has(b){", "105, 15.4"),
    "text-wrap": (r"text-wrap", "text-wrap:balance", "114, 17.4"),
}
COSTS_NOTHING: Final = (
    "body:has(.wrap--form) .top__in",  # the bar of a desktop stays wider
    "text-wrap:",  # lines break less evenly
    ".shift-box{container-type:inline-size}",  # two dates always stand below each other
    "@supports not (container-type:inline-size)",
    "@container (max-width:17.5em)",
    "margin-top:calc((1lh - 1.375rem)/2);",  # a mark stands a little above the middle of its line
    "accent-color:var(--brand)",  # marks are in the browser's own blue
)
"""Where something newer is used although it is: the page is whole without it.

The same holds within `@supports selector(:has(*))`, which old browsers pass over.
"""
SCRIPT: Final = {
    "negative places": (r"\.at\(", "a.at(-1)", "92, 15.4"),
    "search from the end": (r"\.findLast(?:Index)?\(", "a.findLast(b)", "97, 15.4"),
    "copying changes": (r"\.to(?:Sorted|Reversed|Spliced)\(", "a.toSorted()", "110, 16"),
    "own properties": (r"Object\.(?:hasOwn|groupBy)\(", "Object.hasOwn(a, b)", "93, 15.4"),
    "structured clones": (r"structuredClone\(", "structuredClone(a)", "98, 15.4"),
    "random UUIDs": (r"randomUUID\(", "crypto.randomUUID()", "92, 15.4"),
    "signals with a clock": (
        r"AbortSignal\.(?:timeout|any)\(",
        "AbortSignal.timeout(1)",
        "124, 16",
    ),
    "promises from outside": (r"Promise\.withResolvers", "Promise.withResolvers()", "119, 17.4"),
    "segmenting": (r"Array\.fromAsync", "Array.fromAsync(a)", "121, 16.4"),
    "static blocks": (r"static\s*\{", "static { a() }", "94, 16.4"),
    "private names in": (r"#\w+ in ", "#a in b", "91, 15"),
    "waiting in a module": (r"(?m)^await\b|^(?:const|let|var) [^=]+= await\b", "await a", "89, 15"),
    "looking behind": (r"\(\?<[=!]", "/(?<=a)b/", "62, 16.4"),
    "asking for a submit": (r"requestSubmit\(", "form.requestSubmit()", "76, 16"),
    "popovers": (r"(?:show|hide|toggle)Popover\(", "a.showPopover()", "114, 17"),
    "dialogs": (r"\.showModal\(", "a.showModal()", "37, 15.4"),
    "visibility": (r"checkVisibility\(", "a.checkVisibility()", "105, 17.4"),
    "base64 of bytes": (r"\.(?:from|to)Base64\(", "Uint8Array.fromBase64(a)", "140, 18.2"),
}


def bare(text: str) -> str:
    """Return the text without its comments and without what costs nothing."""
    text = re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", text, flags=re.DOTALL)
    text = re.sub(r"(?ms)^@supports selector\(:has\(\*\)\)\{.*?^\}", "", text)
    for spared in COSTS_NOTHING:
        text = text.replace(spared, "")
    return text


@pytest.mark.parametrize(("ending", "table"), [("css", CSS), ("js", SCRIPT)])
def test_nothing_is_newer_than_the_oldest_browser(ending, table):
    found = []
    for path in sorted(STATIC.rglob(f"*.{ending}")):
        for name, (pattern, _, since) in table.items():
            text = bare(path.read_text(encoding="utf-8"))
            if hit := re.search(pattern, text, re.MULTILINE):
                found.append(
                    f"{path.name}: {name} ({since}): {text[hit.start() - 20 : hit.end() + 20]}"
                )
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "sample"), [it[:2] for it in [*CSS.values(), *SCRIPT.values()]]
)
def test_the_check_recognises_what_it_looks_for(pattern, sample):
    assert re.search(pattern, sample, re.MULTILINE)
