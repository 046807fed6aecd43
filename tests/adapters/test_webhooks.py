"""Which addresses are called at all: never one inside, whatever the name says."""

import socket
import threading

import pytest

from juzhu.adapters.background import close_background
from juzhu.adapters.webhooks_http import HttpWebhooks, is_outside
from juzhu.ports.webhooks import AddressRefusedError, Post

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # clouds keep their secrets here
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:1::1",
    "2001:db8::1",
    "nonsense",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_inside(address):
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"])
def test_outside_is_outside(address):
    assert is_outside(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:word@example.com/",
        "https://example.com/#part",
        "https:///path",
        "https://example.com:99999/",
        "https://[::1/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "//example.com",
        "example.com",
    ],
)
def test_addresses_that_are_seen_to_be_wrong(url):
    with pytest.raises(AddressRefusedError):
        HttpWebhooks().check(url)


def test_a_name_is_taken_for_now_and_the_sandbox_takes_what_is_inside():
    HttpWebhooks().check("https://hooks.example.com:8443/juzhu?key=1")
    HttpWebhooks(inside=True).check("http://127.0.0.1:9000/")


@pytest.fixture
def listener():
    """A server inside that must never be reached; yields its port and who came."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def wait():
            try:
                came.append(server.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=wait)
        thread.start()
        yield server.getsockname()[1], came
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in came:
            connection.close()
    close_background()


def answering(*addresses):
    async def lookup(host, port):
        return addresses

    return lookup


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("1.1.1.1", "127.0.0.1"), ("::ffff:127.0.0.1",), ()]
)
def test_a_name_that_leads_inside_is_not_called(listener, addresses):
    port, came = listener
    caller = HttpWebhooks(lookup=answering(*addresses), limit_seconds=2)

    (outcome,) = caller.post_all([Post(f"https://hooks.example.com:{port}/", {}, b"{}")])

    assert outcome.status is None
    assert "address" in outcome.said
    assert came == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0"])
def test_odd_spellings_of_inside_are_not_called(listener, host):
    port, came = listener

    async def as_the_system_reads_it(host, port):
        return [socket.inet_ntoa(socket.inet_aton(host))]

    caller = HttpWebhooks(lookup=as_the_system_reads_it, limit_seconds=2)
    (outcome,) = caller.post_all([Post(f"https://{host}:{port}/", {}, b"{}")])

    assert outcome.status is None
    assert came == []


def test_the_connection_goes_to_the_address_that_was_looked_at(listener):
    """The name would lead elsewhere at a second look: there is none."""
    port, came = listener
    looked = []

    async def lookup(host, port):
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["203.0.113.1"]

    caller = HttpWebhooks(inside=True, lookup=lookup, limit_seconds=0.5)
    caller.post_all([Post(f"http://hooks.invalid:{port}/", {}, b"{}")])

    assert looked == ["hooks.invalid"]
    assert len(came) == 1
