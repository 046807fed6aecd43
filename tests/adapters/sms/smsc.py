"""A message centre (SMPP 3.4) in a process of its own, written from the specification alone.

It shares no code with the adapter. What it is to do wrong, it is told over a second port, a JSON
object a line: `{"set": {...}}` changes a switch, `{"report": [number, state, error]}` sends a
receipt, `{"say": text}` a message from a phone, `{"unbind": true}` and `{"hang_up": true}` end all
sessions; each is answered with what the centre has seen.
"""

import asyncio
import json
import ssl
import struct
import sys
from typing import Any

HEADER = struct.Struct("!IIII")
BINDS = {0x1: "receiver", 0x2: "transmitter", 0x9: "transceiver"}


class Centre:
    def __init__(self) -> None:
        self.switches: dict[str, Any] = {
            "status": 0,  # of submit_sm_resp
            "throttle": 0,  # so many of the next are turned away
            "silent": False,  # takes and does not answer
            "answer_after": 0.0,
            "deaf": False,  # does not answer enquire_link
            "bind_status": 0,
            "hang_up_after": 0,  # cuts the line behind so many more messages, unanswered
            "report_at_once": "",
            "prefix": "",  # before each number, so that nobody relies on its being short
        }
        self.seen: dict[str, Any] = {"messages": [], "binds": [], "enquiries": 0, "acks": []}
        self.lines: dict[asyncio.StreamWriter, str] = {}
        self.sequence = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(16)
                length, command, status, number = HEADER.unpack(head)
                body = await reader.readexactly(length - 16)
                await self.take(writer, command, status, number, body)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.lines.pop(writer, None)
            writer.close()

    async def take(self, writer, command, status, number, body) -> None:
        if command in BINDS:
            self.bind(writer, command, number, body)
        elif command == 0x15:
            self.seen["enquiries"] += 1
            if not self.switches["deaf"]:
                self.answer(writer, 0x80000015, 0, number)
        elif command == 0x4 and writer in self.lines:
            await self.submit(writer, number, body)
        elif command == 0x6:
            self.answer(writer, 0x80000006, 0, number)
            raise OSError("unbound")
        elif command == 0x80000005:
            self.seen["acks"].append([number, status])
        elif command not in (0x80000015, 0x80000006):
            self.answer(writer, 0x80000000, 0x4, number)  # ESME_RINVBNDSTS or unknown

    def bind(self, writer, command, number, body) -> None:
        system_id, password, _system_type = body.split(b"\0")[:3]
        status = self.switches["bind_status"]
        if (system_id, password) != (b"juzhu", b"secret"):
            status = 0x0E
        self.seen["binds"].append(BINDS[command])
        self.answer(writer, command | 0x80000000, status, number, b"" if status else b"smsc\0")
        if not status:
            self.lines[writer] = BINDS[command]

    async def submit(self, writer, number, body) -> None:
        message = parsed(body)
        switches = self.switches
        if switches["throttle"]:
            switches["throttle"] -= 1
            self.seen.setdefault("throttled", []).append(message["to"])
            self.answer(writer, 0x80000004, 0x58, number)
            return
        if switches["status"]:
            self.answer(writer, 0x80000004, switches["status"], number)
            return
        message["number"] = f"{switches['prefix']}{len(self.seen['messages']) + 1:010X}"
        self.seen["messages"].append(message)
        if switches["hang_up_after"]:
            switches["hang_up_after"] -= 1
            if not switches["hang_up_after"]:
                raise OSError("cut")
        if not switches["silent"]:
            asyncio.get_running_loop().call_later(
                switches["answer_after"], self.taken, writer, number, message
            )

    def taken(self, writer, number, message) -> None:
        self.answer(writer, 0x80000004, 0, number, message["number"].encode() + b"\0")
        if self.switches["report_at_once"] and message["receipt"]:
            self.report(message["number"], self.switches["report_at_once"], "000")

    def answer(self, writer, command, status, number, body=b"") -> None:
        writer.write(HEADER.pack(16 + len(body), command, status, number) + body)

    def report(self, number: str, state: str, error: str) -> None:
        message = next(m for m in self.seen["messages"] if m["number"] == number)
        text = (
            f"id:{number} sub:001 dlvrd:001 submit date:2611241200 done date:2611241201 "
            f"stat:{state} err:{error} text:id:OTHER stat:X"
        ).encode("ascii")
        options = tlv(0x1E, number.encode() + b"\0") + tlv(0x1234, b"vendor")
        self.deliver(message["to"], 0x04, 0, text, options)

    def deliver(
        self, sender: str, esm: int, coding: int, text: bytes, options: bytes = b""
    ) -> None:
        line = next(w for w, kind in self.lines.items() if kind != "transmitter")
        body = b"\0\x01\x01" + sender.encode() + b"\0\0\x0110690000\0"
        body += bytes([esm, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0, len(text)]) + text + options
        self.sequence += 1
        line.write(HEADER.pack(16 + len(body), 0x5, 0, self.sequence) + body)

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            wish = json.loads(line)
            self.switches.update(wish.get("set", {}))
            if "report" in wish:
                self.report(*wish["report"])
            if "say" in wish:
                self.deliver("8613800000000", 0, 8, wish["say"].encode("utf-16-be"))
            for other in list(self.lines) if wish.get("hang_up") else ():
                other.close()
            for other in list(self.lines) if wish.get("unbind") else ():
                self.answer(other, 0x6, 0, 77)
            writer.write(json.dumps(self.seen).encode() + b"\n")


def tlv(tag: int, value: bytes) -> bytes:
    return struct.pack("!HH", tag, len(value)) + value


def parsed(body: bytes) -> dict[str, Any]:
    """Read submit_sm, field by field (SMPP 3.4, 4.4.1)."""
    at = 0

    def text() -> str:
        nonlocal at
        end = body.index(0, at)
        found, at = body[at:end].decode("ascii"), end + 1
        return found

    def octets(count: int) -> list[int]:
        nonlocal at
        found, at = list(body[at : at + count]), at + count
        return found

    text()
    source_kind, source = octets(2), text()
    kind, to = octets(2), text()
    esm, _, _ = octets(3)
    text(), text()
    receipt, _, coding, _, length = octets(5)
    content, at = body[at : at + length], at + length
    while at < len(body):
        tag, size = struct.unpack_from("!HH", body, at)
        value, at = body[at + 4 : at + 4 + size], at + 4 + size
        if tag == 0x0424:
            assert not length, "payload and short message exclude each other"
            content = value
    head = ""
    if esm & 0x40:
        head, content = content[: content[0] + 1].hex(), content[content[0] + 1 :]
    assert len(content) + len(head) // 2 <= (140 if length else 65535)
    assert coding == 8
    return {
        "from": source,
        "from_kind": source_kind,
        "to": to,
        "kind": kind,
        "receipt": bool(receipt & 1),
        "head": head,
        "text": content.decode("utf-16-be"),
        "payload": not length,
    }


async def main(certificate: str) -> None:
    centre, tls = Centre(), None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    lines = await asyncio.start_server(centre.serve, "127.0.0.1", 0, ssl=tls)
    control = await asyncio.start_server(centre.control, "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in (lines, control)]
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await lines.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
