"""The Tablestore client, built once for each set of keys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from shared.credentials import Keys
from shared.storage.sdk import tablestore
from shared.storage.transport import Transport


@lru_cache(maxsize=2)
def client(endpoint: str, instance: str, keys: Keys) -> Any:
    """Return the client of an instance; it keeps its connections, so it is built once."""
    built = tablestore.OTSClient(
        endpoint,
        keys.access_key_id,
        keys.access_key_secret,
        instance,
        sts_token=keys.security_token,
        retry_policy=tablestore.NoRetryPolicy(),
    )
    built.connection = Transport(endpoint)
    return built
