"""Where the doors are: one address for both, or one each."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from scripts.ops_cli.complaints import usage

SEND, VERIFY = "/send-code", "/verify-code"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URLs of both doors."""

    send: str
    verify: str

    @property
    def local(self) -> bool:
        """Say whether both are on this machine."""
        return _is_loopback(self.send) and _is_loopback(self.verify)

    def within(self, base: str) -> bool:
        """Say whether both are at this address, to the letter."""
        return bool(base) and self.send == base + SEND and self.verify == base + VERIFY

    @property
    def encrypted(self) -> bool:
        """Say whether what travels cannot be read on its way, or does not leave this machine."""
        return all(
            _is_loopback(url) or urlsplit(url).scheme == "https" for url in (self.send, self.verify)
        )


def read_addresses(base: str | None, send: str | None, verify: str | None) -> Addresses:
    """Read the addresses; raise Complaint where one is missing or is none."""
    if base is None and (send is None or verify is None):
        raise usage(
            "请给出服务的地址，或同时给出 --send-url 和 --verify-url（没有自定义域名时，两个函数的"
            "地址不同）。本地服务：scripts/smoke http://127.0.0.1:9000",
            "Give the service's address, or both --send-url and --verify-url (without a custom "
            "domain the two functions have different ones). The local service: scripts/smoke "
            "http://127.0.0.1:9000",
        )
    root = _read(base, "URL").removesuffix("/") if base is not None else ""
    return Addresses(
        _door(_read(send, "--send-url"), SEND) if send is not None else root + SEND,
        _door(_read(verify, "--verify-url"), VERIFY) if verify is not None else root + VERIFY,
    )


def _read(text: str, name: str) -> str:
    try:
        url = urlsplit(text.strip())
        host = (url.hostname or "").encode("idna")
        if "[" in url.netloc:
            ipaddress.IPv6Address(url.hostname or "")  # Python 3.10 takes anything there
        usable = bool(host) and url.port != 0 and url.scheme in ("http", "https")
    except ValueError:  # brackets that do not match, a label that is empty, a port that is none
        usable = False
    if not usable or url.username or url.password or url.query or url.fragment:
        raise usage(
            f"{name} 不是可用的地址。写作 https://sms.example.com，不带用户名、参数和 #。",
            f"{name} is no address that can be used. Write https://sms.example.com, without a "
            "user name, parameters or #.",
        )
    if name == "URL" and url.path.rstrip("/").endswith((SEND, VERIFY)):
        raise usage(
            f"地址末尾不要写 {SEND} 或 {VERIFY}；两个函数地址不同时用 --send-url、--verify-url。",
            f"Leave {SEND} or {VERIFY} off the end of the address; where the functions have "
            "different ones, use --send-url and --verify-url.",
        )
    return text.strip()


def _door(url: str, path: str) -> str:
    """Return a function's own address with the door's path, if it has none."""
    return url if urlsplit(url).path.strip("/") else url.removesuffix("/") + path


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
