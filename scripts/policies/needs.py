"""What a need is: who makes which call, the RAM action that allows it, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.storage import tables

RUNTIME, DEPLOYER, OPERATOR, EDITOR, TAGGER, ERASER, CALLER = (
    "runtime",
    "deployer",
    "operator",
    "operator --edit-lists",
    "operator --edit-tags",
    "operator --erase",
    "caller",
)

DOCUMENTED, REPORTED, ASSUMED = "V", "3P", "U"
"""Read in the provider's documentation or source; said by others' code; assumed."""

MARKS = {
    DOCUMENTED: "阿里云文档或源码写明 documented by Alibaba Cloud",
    REPORTED: "第三方代码所述 reported by others",
    ASSUMED: "推测，待核实 assumed",
}

DYSMS, CAPTCHA, PNVS, MNS = "dysms", "captcha", "pnvs", "mns"
DOMAIN, LOGS, LOG_CREATION = "domain", "logs", "log creation"

EVERYTHING = "*"
_INSTANCE = "acs:ots:{region}:{account}:instance/{instance}"
_FUNCTION = "acs:fc:{region}:{account}:functions/{functions}"
_NEW_PROJECT = "acs:log:{region}:{account}:project/serverless-{region}-*"

DOORS = ("send-code", "verify-code", "messages")
FUNCTIONS = (*DOORS, "receipts", "receipts-mns", "maintain")
"""What the functions' names in s.yaml end with. Named one by one: a pattern would take in a stage
whose name begins with this one's, such as dev-2 beside dev."""

RESOURCES = {
    EVERYTHING: EVERYTHING,
    **{table.suffix: f"{_INSTANCE}/table/{{prefix}}{table.suffix}" for table in tables.ALL},
    "instance": _INSTANCE,
    "any table": f"{_INSTANCE}/table/*",
    **{f"function {name}": f"{_FUNCTION}{name}" for name in FUNCTIONS},
    **{f"function {name}/*": f"{_FUNCTION}{name}/*" for name in FUNCTIONS},
    **{f"function {name}/triggers/*": f"{_FUNCTION}{name}/triggers/*" for name in FUNCTIONS},
    "domain": "acs:fc:{region}:{account}:custom-domains/{domain}",
    "role": "acs:ram::{account}:role/{role}",
    "log project made by s deploy": _NEW_PROJECT,
    "log store made by s deploy": f"{_NEW_PROJECT}/logstore/*",
    "log store": "acs:log:{region}:{account}:project/{log_project}/logstore/{log_store}",
}
"""ARNs by the names that needs call them: tables by their suffix (storage/tables.py), functions by
what their names end with. Qualifiers and other parts of a function stand behind a slash, which no
function's name can have."""

OUR_TABLES = tuple(table.suffix for table in tables.ALL)
WITHOUT_NUMBERS = tuple(name for name in OUR_TABLES if name != tables.PENDING.suffix)
"""All but the one that holds plain numbers."""


def _functions(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for name in names for part in (f"function {name}", f"function {name}/*"))


OUR_DOORS, OUR_FUNCTIONS = _functions(DOORS), _functions(FUNCTIONS)
OUR_TRIGGERS = tuple(f"function {name}/triggers/*" for name in FUNCTIONS)


@dataclass(frozen=True, slots=True)
class Need:
    """One call of one caller.

    `by` is the function or script that calls, `action` is None where RAM asks for none, `on` are
    names of RESOURCES. `part` names what the call belongs to where not everybody has it: a product
    or a custom domain. `passed_to` is the service that a role may be passed to, no other.
    """

    who: str
    by: str
    call: str
    action: str | None
    on: tuple[str, ...]
    mark: str
    source: str
    part: str | None = None
    passed_to: str | None = None
