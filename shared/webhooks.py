"""Hand alerts to a webhook: a DingTalk group's robot, or any receiver of JSON.

DingTalk's custom robot (its documentation: "custom robot access", "security settings"): the query
gets `timestamp` in milliseconds and `sign`, the Base64 of the HMAC-SHA256 of "timestamp, line
feed, secret" under the secret; an answer is HTTP 200 whatever happened, with errcode 0 for success
(310000: signature or keyword, 130101: more than 20 a minute).
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from shared.alert_ports import Delivery, WebhookAnswer
from shared.certificates import trusted
from shared.domain.alerts import Alert, iso, text
from shared.domain.deadline import Deadline

CONNECT_SECONDS, READ_SECONDS = 2.0, 5.0
ANSWER_LIMIT = 16_384
DINGTALK, JSON = "dingtalk", "json"
DINGTALK_HOST = "oapi.dingtalk.com"


class Webhook:
    """A messenger. URL and secret are credentials: they appear in no log and no exception.

    `function` is the name under which Function Compute runs us: it tells stages apart. `clock`
    is the wall clock in UTC seconds, which DingTalk compares with its own.
    """

    def __init__(
        self,
        url: str,
        *,
        form: str | None,
        secret: str | None,
        function: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret.encode() if secret else None
        self._form = form or form_of(url)
        self._function = function
        self._clock = clock

    def tell(self, alert: Alert, *, deadline: Deadline) -> WebhookAnswer:
        """Post one alert, once: no repetition, no redirect, and nothing is ever raised."""
        try:
            status, answer = self._post(alert, deadline)
        except (NewConnectionError, ConnectTimeoutError) as error:
            return WebhookAnswer(Delivery.REFUSED, type(error).__name__)
        except HTTPError as error:
            return WebhookAnswer(Delivery.UNCLEAR, type(error).__name__)
        except ValueError as error:  # an URL that is none; its text would hold the URL
            return WebhookAnswer(Delivery.REFUSED, type(error).__name__)
        if status not in range(200, 300):
            refused = status in range(300, 500)
            delivery = Delivery.REFUSED if refused else Delivery.UNCLEAR
            return WebhookAnswer(delivery, f"HTTP {status}")
        return _dingtalk_answer(answer) if self._form == DINGTALK else _TAKEN

    def _post(self, alert: Alert, deadline: Deadline) -> tuple[int, bytes]:
        body = self._body(alert)
        left = max(deadline.left, 0.01)
        pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ssl_context=trusted())
        response = pool.urlopen(
            "POST",
            self._signed_url() if self._form == DINGTALK else self._url,
            body=body,
            headers={"Content-Type": "application/json; charset=utf-8", **self._signature(body)},
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=urllib3.Timeout(
                connect=min(CONNECT_SECONDS, left), read=min(READ_SECONDS, left)
            ),
        )
        try:
            return response.status, response.read(ANSWER_LIMIT)
        finally:
            response.close()

    def _body(self, alert: Alert) -> bytes:
        chinese, english = text(alert)
        if self._form == DINGTALK:
            where = f"\n{self._function}" if self._function else ""
            document = {
                "msgtype": "text",
                "text": {"content": f"{chinese}\n\n{english}{where}"},
            }
        else:
            document = _plain(alert, self._function, chinese, english)
        return json.dumps(document, ensure_ascii=False).encode()

    def _signed_url(self) -> str:
        if self._secret is None:
            return self._url
        timestamp = str(int(self._clock() * 1000))
        digest = hmac.digest(self._secret, timestamp.encode() + b"\n" + self._secret, "sha256")
        sign = quote_plus(base64.b64encode(digest))
        joint = "&" if "?" in self._url else "?"
        return f"{self._url}{joint}timestamp={timestamp}&sign={sign}"

    def _signature(self, body: bytes) -> dict[str, str]:
        if self._secret is None or self._form == DINGTALK:
            return {}
        return {"X-Signature": hmac.digest(self._secret, body, "sha256").hex()}


_TAKEN = WebhookAnswer(Delivery.TAKEN)


def form_of(url: str) -> str:
    """Return the form that a webhook wants, as far as its host tells."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return DINGTALK if host == DINGTALK_HOST else JSON


def _dingtalk_answer(answer: bytes) -> WebhookAnswer:
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    code = found.get("errcode") if isinstance(found, dict) else None
    if not isinstance(code, int):
        return WebhookAnswer(Delivery.UNCLEAR, "no errcode")
    return _TAKEN if code == 0 else WebhookAnswer(Delivery.REFUSED, str(code))


def _plain(alert: Alert, function: str, chinese: str, english: str) -> dict[str, Any]:
    return {
        "id": alert.key,
        "kind": alert.kind,
        "name": alert.setting,
        "scope": alert.scope,
        "who": alert.who,
        "count": alert.count,
        "limit": alert.limit,
        "percent": alert.percent,
        "window": alert.window,
        "period": {"start": iso(alert.starts), "end": iso(alert.ends)},
        "raised_at": iso(alert.raised_at),
        "function": function,
        "text": {"zh": chinese, "en": english},
    }
