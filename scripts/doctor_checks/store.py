"""Whether Tablestore has our tables, as storage/tables.py says, and each answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, failure, ok, warning
from shared.credentials import current_keys
from shared.errors import Bilingual, StoreError

if TYPE_CHECKING:
    from shared.storage.bootstrap import Shape
    from shared.storage.tables import Table

_BOOTSTRAP: Bilingual = ("运行 scripts/bootstrap", "run scripts/bootstrap")
_REFUSALS: dict[str, Bilingual] = {
    "OTSAuthFailed": (
        "检查密钥、本机时钟，以及实例的网络访问控制（公网默认关闭）",
        "check the keys, the clock, and the instance's network settings (public access is off "
        "by default)",
    ),
    "OTSClientError": (
        "检查本机时钟与 TABLESTORE_ENDPOINT：应答不像来自 Tablestore",
        "check the clock and TABLESTORE_ENDPOINT: the answer is not one of Tablestore's",
    ),
    "OTSNoPermissionAccess": (
        "授予 ots:ListTable、ots:DescribeTable、ots:GetRow",
        "grant ots:ListTable, ots:DescribeTable and ots:GetRow",
    ),
    "OTSObjectNotExist": (
        "检查 TABLESTORE_INSTANCE，或先运行 scripts/bootstrap",
        "check TABLESTORE_INSTANCE, or run scripts/bootstrap first",
    ),
}
_BUSY: Bilingual = ("稍等片刻再运行", "wait a moment, then run this again")
_UNREACHED: Bilingual = (
    "检查 TABLESTORE_ENDPOINT 与网络；VPC 地址在本机不可达",
    "check TABLESTORE_ENDPOINT and the network; a VPC address cannot be reached from here",
)


def tables(case: Case) -> Iterator[Finding]:
    """Describe each table and read from it; what the store refuses ends the look.

    But for `pending`: who looks needs no right to read the plain numbers there.
    """
    from shared.client_wiring import tablestore
    from shared.storage.bootstrap import answers, shapes
    from shared.storage.tables import PENDING

    settings = case.settings
    client = tablestore(settings, current_keys(case.environment, None))
    prefix = settings.table_prefix
    whole = 0
    try:
        for table, found in shapes(client, prefix):
            wrong = list(_wrong(table.name(prefix), table, found))
            yield from wrong
            if found is not None and table is not PENDING:
                answers(client, prefix, table)
            whole += not wrong
    except StoreError as error:
        advice = _REFUSALS.get(error.code, _BUSY if error.code.startswith("OTS") else _UNREACHED)
        yield failure((f"{error.operation}：{error.code}", str(error)), advice)
    else:
        if whole:
            yield ok(f"{whole} 张表正常（{prefix}*）", f"{whole} tables ({prefix}*) are well")


def _wrong(name: str, table: Table, found: Shape | None) -> Iterator[Finding]:
    from shared.storage.bootstrap import wanted

    want = wanted(table)
    if found is None:
        yield failure((f"缺少 {name}", f"{name} is missing"), _BOOTSTRAP)
        return
    if found.keys != want.keys:
        yield failure(
            (f"{name} 的主键不同", f"{name} has another primary key"),
            (
                "更换 TABLE_PREFIX，或删除该表后运行 scripts/bootstrap",
                "choose another TABLE_PREFIX, or drop that table and run scripts/bootstrap",
            ),
        )
    if found.time_to_live != want.time_to_live:
        yield failure(
            (
                f"{name} 的生存时间是 {found.time_to_live} 秒，应为 {want.time_to_live}",
                f"rows of {name} live {found.time_to_live} s, not {want.time_to_live}",
            ),
            _BOOTSTRAP,
        )
    if found.max_version != want.max_version:
        yield warning(
            (
                f"{name} 保留 {found.max_version} 个版本，应为 {want.max_version}",
                f"{name} keeps {found.max_version} versions, not {want.max_version}",
            ),
            _BOOTSTRAP,
        )
