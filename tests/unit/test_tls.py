"""Certificates are checked; one that does not fit certainly sent nothing (I5)."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from darabonba.core import DaraCore
from darabonba.request import DaraRequest
from pytest_mock import MockerFixture

from shared.assumed_role import Role
from shared.certificates import trusted
from shared.credentials import Keys
from shared.domain.codes import CodePolicy
from shared.domain.deadline import Deadline
from shared.domain.phone_number import PhoneNumber
from shared.errors import Refused, StoreError
from shared.ports import CodeMessage, Outcome, Verdict
from shared.providers.dysms import Dysms
from shared.providers.mns_connection import connect
from shared.storage.calls import call
from shared.storage.transport import Transport
from shared.sts import assume

KEYS = Keys("key", "secret", None)


@dataclass
class Server:
    """An HTTPS server on loopback, with a certificate that only it knows to be good."""

    certificate: Path
    port: int = 0
    seen: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1, its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "private.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, secret


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pem, secret = certificate(tmp_path)
    made = Server(pem)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.seen.append(self.path)
            body = b'{"Code": "OK", "Message": "OK", "BizId": "1^0", "RequestId": "r"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            made.seen.append(self.path)
            names = ("AccessKeyId", "AccessKeySecret", "SecurityToken")
            keys = {**dict.fromkeys(names, "given"), "Expiration": "2099-01-01T00:00:00Z"}
            body = json.dumps({"Credentials": keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Be quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    listening.handle_error = lambda *_: None  # type: ignore[method-assign] - refused handshakes
    made.port = listening.server_port
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield made
    listening.shutdown()
    listening.server_close()
    for session in DaraCore._sessions.values():  # noqa: SLF001 - connections outlive the test
        session.close()


@pytest.fixture(autouse=True)
def unread() -> Iterator[None]:
    """Let each test read authorities anew."""
    trusted.cache_clear()
    yield
    trusted.cache_clear()


@pytest.fixture
def trusting(server: Server, mocker: MockerFixture) -> Server:
    """The server, whose certificate is the one that is trusted."""
    mocker.patch.object(certifi, "where", return_value=str(server.certificate))
    return server


def send(server: Server) -> Outcome:
    message = CodeMessage(
        PhoneNumber("+8613800138000", "CN", 86),
        "sign_in",
        "123456",
        CodePolicy(6, 300, 3),
        "verification",
    )
    provider = Dysms(
        KEYS,
        endpoint=server.address,
        sign_name="s",
        templates={"*": "t"},
        params={"*": {"code": "code"}},
    )
    return provider.send(message, deadline=Deadline(float("inf"), clock=lambda: 0.0))


def test_a_message_is_not_sent_to_who_has_no_good_certificate(server: Server) -> None:
    outcome = send(server)
    assert (outcome.verdict, outcome.code) == (Verdict.TRY_LATER, "wrong_certificate")
    assert not outcome.reached
    assert server.seen == []


def test_a_message_is_sent_to_who_has_one(trusting: Server) -> None:
    assert send(trusting).accepted
    assert len(trusting.seen) == 1


@pytest.mark.parametrize("wish", ["ignoreSSL", "ca", "cert"])
def test_who_asks_for_less_gets_nothing_and_changes_nothing_for_others(
    server: Server, wish: str
) -> None:
    assert not send(server).accepted
    wanted = DaraRequest()
    wanted.method, wanted.protocol = "POST", "https"
    wanted.pathname, wanted.headers = "/", {"host": f"127.0.0.1:{server.port}"}
    with pytest.raises(ValueError, match="certificates"):
        DaraCore.do_action(wanted, {wish: str(server.certificate)})
    assert not send(server).accepted
    assert server.seen == []
    assert (trusted().verify_mode, trusted().check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_queue_is_not_asked_under_another_name(trusting: Server) -> None:
    assert send(trusting).accepted
    connection = connect(f"https://localhost:{trusting.port}", clock=lambda: 0.0)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        connection.request("GET", "/")
    assert len(trusting.seen) == 1


def assume_role(server: Server) -> Keys:
    role = Role("acs:ram::1:role/r", "test", "", server.address, "")
    return assume(role, KEYS, unavailable="provider_unavailable")(3)[0]


def test_no_role_is_asked_of_who_has_no_good_certificate(server: Server) -> None:
    with pytest.raises(Refused) as refused:
        assume_role(server)
    assert (refused.value.code, refused.value.reason) == ("provider_unavailable", "sts:no_answer")
    assert server.seen == []


def test_a_role_is_asked_of_who_has_one(trusting: Server) -> None:
    assert assume_role(trusting) == Keys("given", "given", "given")
    assert "SecurityToken" not in trusting.seen[0]


def ask_store(server: Server) -> Any:
    transport = Transport(server.address)
    deadline = Deadline(10.0, clock=lambda: 0.0)
    return call(
        "GetRow",
        lambda: transport.send_receive("/GetRow", {}, b""),
        repeatable=True,
        deadline=deadline,
    )


def test_the_store_is_not_asked_without_a_good_certificate(server: Server) -> None:
    with pytest.raises(StoreError):
        ask_store(server)
    assert server.seen == []


def test_the_store_is_asked_with_one(trusting: Server) -> None:
    assert ask_store(trusting)[0] == 200


def test_authorities_are_read_once_for_all_connections(
    trusting: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    for name in ("load_verify_locations", "load_default_certs"):
        monkeypatch.setattr(ssl.SSLContext, name, counted(name, read))
    for _ in range(2):
        assert send(trusting).accepted
        assert ask_store(trusting)[0] == 200
        assume_role(trusting)
        for session in DaraCore._sessions.values():  # noqa: SLF001 - so the next one is new
            session.close()
    assert len(trusting.seen) == 6
    assert read == ["load_verify_locations"]


def counted(name: str, calls: list[str]) -> Callable[..., None]:
    """Return a method of a context as it is, which also notes its name."""
    real = getattr(ssl.SSLContext, name)

    def method(self: ssl.SSLContext, *args: Any, **options: Any) -> None:
        calls.append(name)
        real(self, *args, **options)

    return method
