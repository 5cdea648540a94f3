"""The Tablestore client, built once; it asks a source for keys each time that it signs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from shared.credentials import KeySource, lend
from shared.storage.sdk import tablestore
from shared.storage.transport import Transport


class Lent(tablestore.CredentialsProvider):  # type: ignore[misc]  # no types there
    """Brings a source's keys to the SDK: it asks once for each request."""

    def __init__(self, source: KeySource) -> None:
        self._source = source

    def get_credentials(self) -> Any:
        """Return the keys in force."""
        keys = lend(self._source)
        return tablestore.Credentials(
            keys.access_key_id, keys.access_key_secret, keys.security_token
        )


@lru_cache(maxsize=2)
def client(endpoint: str, instance: str, source: KeySource) -> Any:
    """Return the client of an instance; it keeps its connections, so it is built once."""
    built = tablestore.OTSClient(
        endpoint,
        None,
        None,
        instance,
        credentials_provider=Lent(source),
        retry_policy=tablestore.NoRetryPolicy(),
    )
    built.connection = Transport(endpoint)
    return built
