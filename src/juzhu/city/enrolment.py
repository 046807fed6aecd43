"""A visitor with a camera becomes somebody of the city: the photograph is theirs, the rest made up.

The photograph is in this process's memory only and gone when the city stops.
"""

import secrets
from importlib.resources import files
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from juzhu.city.bodies import read_body
from juzhu.city.markup import el, english, page
from juzhu.city.person import Person
from juzhu.city.portraits import SIZE, portrait
from juzhu.city.state import City

LONGEST_PHOTOGRAPH: Final = 2 * 1024 * 1024
_MOST: Final = 100
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def photograph(city: City, person: Person) -> bytes:
    """Return the identity photograph of somebody of the city."""
    enrolled = city.photographs.get(person.id_number)
    if enrolled is not None:
        return enrolled
    if person.photograph:
        return files("juzhu.city").joinpath("data", "faces", person.photograph).read_bytes()
    return portrait(person.id_number, male=person.sex == "1")


async def show(_request: Request) -> Response:
    """Show the page that takes the photograph."""
    response = page(
        "建立试用身份",
        "Become somebody here",
        el(
            "p",
            "用您的摄像头拍一张照片，城市就把它当作一位虚构居民的证件照。然后可以用这位居民的姓名和号码"
            "试本机刷脸。照片只在城市的内存里，城市停下就没有了。",
            english(
                "Take a photograph with your camera, and the city keeps it as the identity "
                "photograph of a made-up resident. Then try the local face check with the name and "
                "number shown. It is in the city's memory only and gone when the city stops."
            ),
            class_="note",
        ),
        el("video", class_="camera", muted="", playsinline="", aria_hidden="true"),
        el("p", el("button", "打开摄像头", " ", english("Open the camera"), type="button")),
        el("p", role="status", aria_live="polite"),
        el("script", src="/enrol.js", defer=""),
    )
    response.headers["content-security-policy"] = _POLICY
    return response


async def script(_request: Request) -> Response:
    """Hand out the page's script."""
    text = files("juzhu.city").joinpath("static", "enrol.js").read_text(encoding="utf-8")
    return Response(text, media_type="text/javascript")


async def enrol(request: Request) -> Response:
    """Take a photograph and say whose it is from now on."""
    city: City = request.app.state.city
    taken = _identity_photograph(await read_body(request, longest=LONGEST_PHOTOGRAPH))
    if taken is None:
        return JSONResponse({"error": "not a photograph"}, status_code=400)
    person = _somebody(city)
    while len(city.photographs) >= _MOST:
        del city.photographs[next(iter(city.photographs))]
    city.photographs[person.id_number] = taken
    who = {"name": person.name, "id_number": person.id_number, "phone": person.phone}
    return JSONResponse(who, status_code=201)


def _identity_photograph(data: bytes) -> bytes | None:
    """Return the picture in the format of the real ones, None when it is no JPEG."""
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            if image.width * image.height > 30_000_000:
                return None
            fitted = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), SIZE)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    buffer = BytesIO()
    fitted.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _somebody(city: City) -> Person:
    """Return a living resident who holds no permit yet and was not chosen before."""
    while True:
        person = city.resident(secrets.randbelow(city.born.population))
        if person.permit is None and person.homes and person.id_number not in city.photographs:
            return person
