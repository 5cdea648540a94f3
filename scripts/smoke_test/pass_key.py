"""What a caller shows to be let in: an API key, a captcha, headers, a signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from string import Template
from urllib.parse import parse_qs, urlsplit

from scripts.ops_cli.complaints import Complaint, usage
from shared.credentials import Keys

ALGORITHM = "ACS3-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class PassKey:
    """What authenticates; nothing of it is ever shown."""

    api_key: str | None = field(default=None, repr=False)
    captcha: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    signs_with: Keys | None = field(default=None, repr=False)

    @property
    def given(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.api_key or self.captcha or self.headers or self.signs_with)

    def headers_for(self, url: str, *, now: float) -> dict[str, str]:
        """Return the headers of a POST there at that time (UTC seconds)."""
        key = {"X-Api-Key": self.api_key} if self.api_key else {}
        signed = signature(url, self.signs_with, now=now) if self.signs_with else {}
        return {**key, **self.headers, **signed}


def signature(url: str, keys: Keys, *, now: float) -> dict[str, str]:
    """Sign a POST for an HTTP trigger or custom domain with authType `function`.

    Source: FC documentation, "configure signature authentication for HTTP triggers", by whose
    example the body is not part of what is signed. Signed by the official SDK; not tried on a
    real trigger yet.
    """
    from alibabacloud_tea_openapi.utils import Utils
    from Tea.request import TeaRequest

    parts = urlsplit(url)
    moment = datetime.fromtimestamp(now, timezone.utc)
    headers = {"x-acs-date": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if keys.security_token:
        headers["x-acs-security-token"] = keys.security_token
    request = TeaRequest()
    request.method = "POST"
    request.pathname = (parts.path or "/").replace("$", "%24")
    request.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    request.headers = headers
    signed: str = Utils.get_authorization(
        request, ALGORITHM, "", keys.access_key_id, keys.access_key_secret
    )
    return {**headers, "Authorization": signed}


def read_headers(given: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Read `Name: value`, with ${NAME} taken from the environment; raise Complaint."""
    found = {}
    for text in given:
        name, colon, value = text.partition(":")
        if not colon or not name.strip().replace("-", "").isalnum():
            raise usage(
                "--header 写作 'Name: value'；值可取自环境变量：'Authorization: Bearer ${TOKEN}'。",
                "--header is written 'Name: value'; the value may come from the environment: "
                "'Authorization: Bearer ${TOKEN}'.",
            )
        try:
            whole = Template(value.strip()).substitute(environment)
            found[name.strip()] = fit_for_a_header(whole, "--header")
        except KeyError as error:
            raise _not_set(str(error.args[0])) from None
        except ValueError:
            raise usage(
                "--header 的值中，$ 要写成 $$，或写 ${NAME}。",
                "In the value of --header write $$ for a $, or ${NAME}.",
            ) from None
    return found


def fit_for_a_header(value: str, name: str) -> str:
    """Return a value that a header can carry; raise Complaint without repeating it."""
    if not (value.isascii() and value.isprintable()):
        raise usage(
            f"{name} 的值含有请求头不允许的字符：只能用 ASCII 字母、数字和符号，不能换行。",
            f"{name} holds what no header can carry: only ASCII letters, digits and signs, and no "
            "line end.",
        )
    return value


def _not_set(name: str) -> Complaint:
    return usage(
        f"--header 用到的环境变量 {name} 未设置。请先设置它。",
        f"--header names the environment variable {name}, which is not set. Set it first.",
    )
