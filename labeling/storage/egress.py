"""The only way out: every request that this server makes to another goes through `Egress` (spec/security.md S1-S9).

A URL is parsed and rebuilt, its host is looked up once, the addresses found are checked, and the connection goes to one
of those and to no other. Redirects are not followed. A reply has until a deadline and a number of bytes, whatever it
says of itself, and is never unpacked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import quote, urlsplit

from urllib3 import HTTPResponse, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from labeling.errors import BadRequest, Problem

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

PORTS: Final = {"http": 80, "https": 443}
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
CHUNK: Final = 64 * 1024
ODD: Final = re.compile(r"[\x00-\x20\x7f\\]")
HOST: Final = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII)


class UrlNotAllowed(BadRequest):
    """An address that we don't go to, whatever is there."""

    code = "url-not-allowed"


class OutsideFault(Problem):
    """Another server did not do its part. Nothing of its reply is in the words."""

    code = "outside-fault"
    status = 502


class OutsideSilent(OutsideFault):
    """No answer, or none within the time."""

    code = "outside-silent"
    status = 504


@dataclass(frozen=True)
class Target:
    """A URL in parts; `host` is a name or an address without brackets, `path` begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Allowance:
    """How long and how much one exchange may take: seconds to connect, seconds in all, bytes of the reply's body."""

    connect: float = 3.0
    total: float = 30.0
    size: int = 4 * 2**20


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str
    content: bytes


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Egress:
    """`private`: networks that may be reached although they are not public. `resolve`: (host, port) -> addresses."""

    private: Sequence[Network] = ()
    resolve: Resolve = field(default=look_up)

    def send(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        allowance: Allowance | None = None,
    ) -> Reply:
        """One exchange; replies of every status are returned. Raises UrlNotAllowed, OutsideSilent or OutsideFault."""
        allowance = allowance or Allowance()
        target = parsed(url)
        until = time.monotonic() + allowance.total
        sent = {
            **(headers or {}),
            "Host": target.host_header,
            "Accept-Encoding": "identity",
            "User-Agent": "Touchstone",
        }
        with self._connected(target, allowance, until) as connection, _cut(connection, until):
            try:
                connection.request(
                    method, target.path, body=body, headers=sent, preload_content=False, decode_content=False
                )
                return _read(connection.getresponse(), allowance.size, until)
            except (HTTPError, OSError, ValueError) as error:
                if time.monotonic() >= until or isinstance(error, TimeoutError):
                    raise _silent(target, "did not answer in time") from error
                raise OutsideFault(
                    f"{target.host} broke off, or did not speak HTTP.", todo="Look into its log."
                ) from error

    def addresses(self, target: Target) -> list[Address]:
        """Where `target` is, looked up once. Raises UrlNotAllowed when any of it is a place that we don't go to."""
        try:
            found = [ipaddress.ip_address(one.partition("%")[0]) for one in self.resolve(target.host, target.port)]
        except (OSError, UnicodeError) as error:
            raise _silent(target, "has no address that we could find") from error
        refused = [address for address in found if not self._open(address)]
        if refused:
            raise UrlNotAllowed(
                f"{target.host} is inside a private network.",
                todo="TOUCHSTONE_PRIVATE_NETWORKS names the private networks that may be reached.",
            )
        if not found:
            raise _silent(target, "has no address that we could find")
        return found

    def _open(self, address: Address) -> bool:
        inner = embedded(address)
        if any(
            one.version == network.version and one in network for one in (address, inner) for network in self.private
        ):
            return True
        return is_public(address) and is_public(inner)

    @contextmanager
    def _connected(self, target: Target, allowance: Allowance, until: float) -> Iterator[HTTPConnection]:
        connection = self._connect(target, allowance, until)
        try:
            yield connection
        finally:
            connection.close()

    def _connect(self, target: Target, allowance: Allowance, until: float) -> HTTPConnection:
        """To the first of the checked addresses that takes us. Nobody is asked for the name again."""
        for address in self.addresses(target):
            left = until - time.monotonic()
            if left <= 0:
                break
            connection = _connection(target, address, min(allowance.connect, left))
            try:
                connection.connect()
            except (HTTPError, OSError):
                connection.close()
                continue
            if connection.sock is not None:
                connection.sock.settimeout(allowance.total)
            return connection
        raise _silent(target, "can't be reached")


def parsed(url: str) -> Target:
    """Parse, to be rebuilt from its parts. Raises UrlNotAllowed; the URL itself is not repeated."""
    parts = None if ODD.search(url) else _split(url)
    if parts is None:
        raise UrlNotAllowed("This is no address that we can go to.", todo="Write it as https://host:port/path.")
    scheme, host, port, path, userinfo = parts
    if scheme not in PORTS:
        raise UrlNotAllowed("Only http and https addresses are asked.", todo="Begin it with https://.")
    if userinfo:
        raise UrlNotAllowed("An address must not hold a name or password.", todo="Leave out what stands before @.")
    if not HOST.fullmatch(host):
        raise UrlNotAllowed("The host in this address is no name.", todo="Write it as https://host:port/path.")
    return Target(scheme, host, port or PORTS[scheme], path)


def _split(url: str) -> tuple[str, str, int | None, str, bool] | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        host = host if ":" in host else host.encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='=&%+,:/~-._')}" if parts.query else ""
    )
    return parts.scheme.lower(), host, port, path, "@" in parts.netloc


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, NAT64, 6to4), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def is_public(address: Address) -> bool:
    """Globally reachable: not private, loopback, link-local, shared (CGNAT), multicast, reserved or unspecified."""
    if address in NAT64:
        return is_public(embedded(address))
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def networks(words: Iterable[str]) -> tuple[Network, ...]:
    """Networks or single addresses, as "10.0.0.0/8" or "127.0.0.1". Raises ValueError, naming the odd one."""
    return tuple(ipaddress.ip_network(word) for word in words)


def _connection(target: Target, address: Address, connect: float) -> HTTPConnection:
    timeout = Timeout(connect=connect, read=None)
    if target.scheme == "http":
        return HTTPConnection(str(address), target.port, timeout=timeout.connect_timeout)
    return HTTPSConnection(
        str(address),
        target.port,
        timeout=timeout.connect_timeout,
        cert_reqs="CERT_REQUIRED",
        server_hostname=target.host,
        assert_hostname=target.host,
    )


@contextmanager
def _cut(connection: HTTPConnection, until: float) -> Iterator[None]:
    """Shut the socket at the deadline, wherever the exchange then is: a server may send its head byte by byte.

    The socket is noted now: a connection forgets it as soon as a head says that no further exchange follows.
    """
    held = connection.sock

    def cut() -> None:
        with suppress(OSError, AttributeError):
            held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(response: HTTPResponse, most: int, until: float) -> Reply:
    """Raises OutsideFault for a redirect and for more than `most` bytes, OutsideSilent at the deadline."""
    if 300 <= response.status < 400:
        raise OutsideFault("The server sends us elsewhere; we don't follow.", todo="Give the address where it ends.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise OutsideFault("The server packed its reply, which was not asked for.", todo="Switch its compression off.")
    content = bytearray()
    while chunk := response.read1(CHUNK):
        content += chunk
        if len(content) > most:
            raise OutsideFault(f"The reply is larger than {most / 2**20:g} MiB.", todo="Look into the server's log.")
    if time.monotonic() >= until:  # cut at the deadline, which to a reader looks like an end
        raise OutsideSilent("The server did not finish its reply in time.", todo="Try again later.")
    return Reply(response.status, response.headers.get("Content-Type", ""), bytes(content))


def _silent(target: Target, why: str) -> OutsideSilent:
    return OutsideSilent(f"{target.host} {why}.", todo="Try again later; whoever runs it can look into its log.")
