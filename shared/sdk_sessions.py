"""The HTTP sessions below the OpenAPI SDKs: they connect by the instance's one TLS context.

Their own reads the system's authorities and certifi's when it is made, and `requests` reads
certifi's again for each connection.
"""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter

from shared.certificates import trusted

CONNECTIONS = 40
"""Kept for a session at most; the SDKs' own number."""


def trust(core: Any) -> None:
    """Let the sessions of an SDK's core (`DaraCore`, `TeaCore`) be made with our adapter."""
    core.get_adapter = staticmethod(_adapter)


def _adapter(
    protocol: str,
    tls_min_version: str | None = None,  # noqa: ARG001 - the context has it
    pool_size: int | None = None,
) -> HTTPAdapter:
    made = _Adapter if protocol.upper() == "HTTPS" else HTTPAdapter
    return made(pool_maxsize=pool_size or CONNECTIONS)


class _Adapter(HTTPAdapter):
    """Checks certificates by our context, which has the authorities already."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, ssl_context=trusted(), **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=trusted(), **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002
        """Refuse who asks for other authorities, or none: the context is everybody's."""
        if verify is not True or cert is not None:
            raise ValueError("certificates are checked by the context that all connections share")
