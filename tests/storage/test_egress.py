"""The one way out, against real servers on this machine. spec/security.md S1-S3, S8, S9."""

from __future__ import annotations

import ipaddress
import re
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labeling.storage import egress
from labeling.storage.egress import Allowance, Egress, OutsideFault, OutsideSilent, UrlNotAllowed
from tests.model_server import ModelServer, model_server

HERE = egress.networks(["127.0.0.0/8"])


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


def port_of(server: ModelServer) -> int:
    return int(server.server_address[1])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "0",
        "2130706433",
        "0x7f.1",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fc00::1]",
        "[ff02::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
    ],
)
def test_no_private_address_is_reached_however_it_is_written(server: ModelServer, host: str) -> None:
    with pytest.raises(UrlNotAllowed) as caught:
        Egress().send("GET", f"http://{host}:{port_of(server)}/")
    assert caught.value.code == "url-not-allowed"
    assert not server.calls


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "data:text/plain,x",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://a\r\nX: y/",
        "http://a%0d%0aX: y/",
        "http://a%0d%0aX:y/",
        "http://exa mple.org/",
        "http://example.org\\@127.0.0.1/",
        "http:///nowhere",
        "http://example.org:99999/",
        "http://[::1/",
        "//example.org/",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UrlNotAllowed) as caught:
        egress.parsed(url)
    assert "secret" not in str(caught.value)


def test_a_url_is_rebuilt_from_its_parts() -> None:
    assert egress.parsed("HTTPS://Example.ORG/a b".replace(" ", "")) == egress.Target(
        "https", "example.org", 443, "/ab"
    )
    assert egress.parsed("http://bücher.example:81?q=1#part") == egress.Target(
        "http", "xn--bcher-kva.example", 81, "/?q=1"
    )


def test_the_setting_lets_a_private_network_in(server: ModelServer) -> None:
    assert Egress(private=HERE).send("HEAD", f"{server.url}/v1/images/x").status == 404
    assert server.calls["HEAD"] == 1


def test_the_name_is_looked_up_once_and_the_checked_address_is_the_one_that_is_reached(server: ModelServer) -> None:
    answers = [["127.0.0.1"], ["10.9.9.9"]]
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    reply = Egress(private=HERE, resolve=resolve).send("HEAD", f"http://model.example:{port_of(server)}/v1/images/x")
    assert (reply.status, asked) == (404, ["model.example"])


def test_a_name_with_one_private_address_among_others_is_refused(server: ModelServer) -> None:
    with pytest.raises(UrlNotAllowed):
        Egress(resolve=lambda *_: ["1.1.1.1", "127.0.0.1"]).send("GET", f"http://two.example:{port_of(server)}/")
    assert not server.calls


def test_a_name_that_nobody_knows_is_said_to_have_no_address() -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(OutsideSilent, match="no address"):
        Egress(resolve=nobody).send("GET", "http://nowhere.example/")


def test_where_nobody_listens_the_fault_says_so() -> None:
    with pytest.raises(OutsideSilent, match="can't be reached"):
        Egress(private=HERE).send("GET", "http://127.0.0.1:9/")


def test_a_redirect_is_not_followed(server: ModelServer) -> None:
    server.mode = "redirecting"
    with pytest.raises(OutsideFault, match="elsewhere"):
        Egress(private=HERE).send("POST", f"{server.url}/v1/suggest", body=b"{}")


@pytest.mark.parametrize("mode", ["slow", "dripping", "endless"])
def test_a_reply_that_never_ends_is_cut_at_the_deadline_or_the_size(server: ModelServer, mode: str) -> None:
    server.mode = mode
    began = time.monotonic()
    with pytest.raises(OutsideFault):
        Egress(private=HERE).send(
            "POST", f"{server.url}/", body=b"{}", allowance=Allowance(connect=1, total=0.4, size=100_000)
        )
    assert time.monotonic() - began < 2


def test_a_slow_reply_is_told_from_a_wrong_one(server: ModelServer) -> None:
    server.mode = "slow"
    with pytest.raises(OutsideSilent, match="in time"):
        Egress(private=HERE).send("POST", f"{server.url}/", body=b"{}", allowance=Allowance(total=0.3))


def test_a_packed_reply_is_not_unpacked(server: ModelServer) -> None:
    server.mode = "packed"
    with pytest.raises(OutsideFault, match="packed"):
        Egress(private=HERE).send("POST", f"{server.url}/", body=b"{}")


def test_https_asks_for_a_certificate_of_the_name_and_not_of_the_address() -> None:
    connection = egress._connection(egress.parsed("https://model.example/"), ipaddress.ip_address("203.0.113.7"), 1.0)
    assert (connection.host, connection.port) == ("203.0.113.7", 443)
    assert (connection.server_hostname, connection.assert_hostname) == ("model.example", "model.example")  # type: ignore[attr-defined]
    assert connection.cert_reqs in ("CERT_REQUIRED", ssl.CERT_REQUIRED)  # type: ignore[attr-defined]


def test_a_server_without_tls_is_not_believed_to_be_one_with_it(server: ModelServer) -> None:
    with pytest.raises(OutsideSilent):
        Egress(private=HERE).send("GET", f"https://127.0.0.1:{port_of(server)}/", allowance=Allowance(total=2))


def test_nothing_else_of_ours_speaks_to_other_servers() -> None:
    """`up` and the simulated workers speak to our own server on this machine."""
    root = Path(egress.__file__).parents[1]
    ours = {"storage/egress.py", "cli/management/commands/up.py", "cli/simulation/doors.py"}
    speaks = re.compile(
        r"^\s*(?:import|from)\s+(?:requests|httpx|urllib3|urllib\.request|http\.client|boto3|aiohttp)\b", re.M
    )
    found = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if speaks.search(path.read_text())}
    assert found <= ours
