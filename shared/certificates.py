"""Whom connections trust over TLS: one context for all of an instance.

Reading the authorities takes 16 ms of a whole core, several times that of a function's share; left
alone, urllib3 and the SDKs read them again for each connection.
"""

from __future__ import annotations

import ssl
from functools import cache

import certifi
from urllib3.util.ssl_ import create_urllib3_context


@cache
def trusted() -> ssl.SSLContext:
    """Return the context that checks names and certificates, against certifi's authorities."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(certifi.where())
    return context
