"""Push to the receipts door as Aliyun does, but an empty array, of which nothing is stored."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import certifi
import urllib3

from scripts.doctor_checks.case import Case

SECONDS = 5.0
FOUND, NO_ANSWER = 200, 0


@dataclass(frozen=True, slots=True)
class Push:
    """What came of one push; `status` is 0 without an answer, `why` is then the failure's name."""

    status: int
    milliseconds: int
    taken: bool = False
    why: str = ""


def pushed(case: Case, base: str, kind: str, secret: str) -> Push:
    """Push an empty array once, on a connection of its own, as Aliyun may."""
    case.progress(f"{urlsplit(base).scheme} {kind}")
    pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=certifi.where())
    began = time.monotonic()
    try:
        answer = pool.request(
            "POST",
            f"{base}/receipts/{kind}/{secret}",
            body=b"[]",
            headers={"Content-Type": "application/json"},
            retries=False,
            redirect=False,
            timeout=SECONDS,
        )
    except urllib3.exceptions.HTTPError as error:  # its text holds the secret
        return Push(NO_ANSWER, _since(began), why=type(error).__name__)
    finally:
        pool.clear()
    return Push(answer.status, _since(began), taken=answer.status == FOUND and _code(answer.data))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _code(body: bytes) -> bool:
    """Say whether an answer has a number as its code, which is all that Aliyun looks at."""
    try:
        found = json.loads(body)
    except ValueError:
        return False
    code = found.get("code") if isinstance(found, dict) else None
    return isinstance(code, int) and not isinstance(code, bool)
