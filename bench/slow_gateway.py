"""A short-message gateway that checks signatures, answers in a fixed time, and keeps nothing.

python -m bench.slow_gateway PORT MILLISECONDS SECRET
"""

import asyncio
import json
import sys

from aiohttp import web

from juzhu.ports import gateway


def main() -> None:
    """Serve until killed."""
    port, pause, secret = int(sys.argv[1]), float(sys.argv[2]) / 1000, sys.argv[3].encode()

    async def send(request: web.Request) -> web.Response:
        body, nonce = await request.read(), request.headers[gateway.NONCE]
        expected = gateway.sign_request(
            secret,
            method="POST",
            path=request.path,
            timestamp=request.headers[gateway.TIMESTAMP],
            nonce=nonce,
            body=body,
        )
        if not gateway.same_signature(expected, request.headers[gateway.SIGNATURE]):
            return web.Response(status=401)
        await asyncio.sleep(pause)
        key = json.loads(body)["key"]
        answer = json.dumps({"number": f"N{key}", "key": key}).encode()
        signature = gateway.sign_answer(secret, nonce=nonce, status=200, body=answer)
        return web.Response(body=answer, headers={gateway.SIGNATURE: signature})

    app = web.Application()
    app.router.add_post("/sms/send", send)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main()
