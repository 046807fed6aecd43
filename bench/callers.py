"""A small load generator: raw sockets, keep-alive, prepared bytes, one process beside the server.

    python -m bench.callers PLAN        the plan is a JSON file: see `Plan`; prints a JSON result

It costs about 20 microseconds of processor time a call; the result says how much it took.
"""

import json
import resource
import select
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

_CHUNK: Final = 1 << 18


class Plan(msgspec.Struct):
    """What to send.

    Attributes:
        host: of the server.
        port: of the server.
        path: of every request.
        token: access token.
        bodies: file with one JSON body a line; they are sent in turn.
        connections: how many callers at once.
        seconds: for how long.
        rate: calls a second, whatever the answers take; 0 sends as fast as answers come.

    """

    host: str
    port: int
    path: str
    token: str
    bodies: str
    connections: int
    seconds: float
    rate: float = 0.0


class Result(NamedTuple):
    """What came back."""

    calls: int
    seconds: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    refused: int
    cpu_seconds: float

    @property
    def a_second(self) -> float:
        """Calls answered in a second."""
        return self.calls / self.seconds


class _Caller:
    """One connection with at most one request under way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.busy = False
        self._got = b""
        self._missing = 0

    def send(self, request: bytes, due: float) -> None:
        self.due, self.busy, self._got, self._missing = due, True, b"", 0
        self.socket.sendall(request)

    def receive(self) -> int:
        """Take what has come; return the status once the answer is whole, else 0."""
        piece = self.socket.recv(_CHUNK)
        if not piece:
            raise ConnectionError("the server closed the connection")
        if self._missing:
            self._missing -= len(piece)
        else:
            self._got += piece
            end = self._got.find(b"\r\n\r\n")
            if end < 0:
                return 0
            head = self._got[:end].lower()
            start = head.index(b"content-length: ") + 16
            length = int(head[start:].split(b"\r\n", 1)[0])
            self._missing = length - (len(self._got) - end - 4)
        if self._missing:
            return 0
        self.busy = False
        return int(self._got[9:12])


def run(plan: Plan) -> Result:
    """Send and measure; a call's time counts from when it was due."""
    requests = _requests(plan)
    callers = [_Caller(plan.host, plan.port) for _ in range(plan.connections)]
    poll = select.epoll()
    by_number = {it.socket.fileno(): it for it in callers}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    free, times, refused, sent = list(callers), [], 0, 0
    started = now = time.perf_counter()
    end = started + plan.seconds
    while now < end or len(free) < len(callers):
        due = started + sent / plan.rate if plan.rate else now
        while free and due <= now < end:
            free.pop().send(next(requests), due)
            sent += 1
            due = started + sent / plan.rate if plan.rate else now
        wait = max(0.0, due - now) if plan.rate and free and now < end else 1.0
        for number, _ in poll.poll(wait):
            caller = by_number[number]
            status = caller.receive()
            if status:
                times.append(time.perf_counter() - caller.due)
                refused += status != 200
                free.append(caller)
        now = time.perf_counter()
    return _result(times, now - started, refused)


def _requests(plan: Plan) -> Iterator[bytes]:
    head = (
        f"POST {plan.path} HTTP/1.1\r\nHost: {plan.host}:{plan.port}\r\n"
        f"Authorization: Bearer {plan.token}\r\nContent-Type: application/json\r\n"
        "Content-Length: "
    ).encode()
    bodies = Path(plan.bodies).read_bytes().splitlines()
    ready = [b"%s%d\r\n\r\n%s" % (head, len(body), body) for body in bodies]
    while True:
        yield from ready


def _result(times: list[float], seconds: float, refused: int) -> Result:
    times.sort()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Result(
        calls=len(times),
        seconds=seconds,
        p50_ms=times[len(times) // 2] * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        worst_ms=times[-1] * 1000,
        refused=refused,
        cpu_seconds=used.ru_utime + used.ru_stime,
    )


if __name__ == "__main__":
    print(json.dumps(run(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan))))
