"""Create the product's Tablestore tables, or check that they are as they should be.

With --secrets instead make the secrets that the settings need, as lines for .env.
"""

from __future__ import annotations

import argparse
import os
import secrets
import stat
import sys
from pathlib import Path

from scripts import deployment, env_file
from shared import wiring
from shared.errors import Misconfigured, StoreError
from shared.settings import NAMES
from shared.storage.bootstrap import WrongTable, bootstrap

SECRETS = tuple(
    name for name in ("CODE_SECRETS", "NUMBER_SECRET", "RECEIPT_SECRETS") if name in NAMES
)
SECRET_BYTES = 32


def main() -> int:
    """Create or check; 0 when every table answers, or the secrets are printed."""
    options = _options()
    try:
        return _print_secrets(options.env_file) if options.secrets else _bootstrap(options.env_file)
    except Misconfigured as error:
        return _fail(error.facts["problems_zh"], error.facts["problems_en"])
    except WrongTable as error:
        return _fail(
            f"{error}。请更换 TABLE_PREFIX，或删除该表后重试。",
            f"{error}. Choose another TABLE_PREFIX, or drop that table and run this again.",
        )
    except (StoreError, TimeoutError) as error:
        return _fail(
            f"Tablestore 未按要求执行：{error}。请检查地址、实例名与权限后重试。",
            f"Tablestore did not do as asked: {error}. Check endpoint, instance and permissions.",
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bootstrap",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="""\
Reads the settings of the functions (README.md, Settings) and the keys
ALIBABA_CLOUD_ACCESS_KEY_ID, ..._SECRET and ALIBABA_CLOUD_SECURITY_TOKEN from .env in
the repository and from the environment, which wins. Safe to repeat.

  scripts/bootstrap                               the tables of .env
  scripts/bootstrap --env-file .local/doors.env   those of the local service
  scripts/bootstrap --secrets >> .env             secrets that .env does not have yet
  scripts/bootstrap --env-file prod.env --secrets >> prod.env    the same for prod.env
  scripts/bootstrap --env-file /dev/null --secrets               new ones in any case""",
    )
    parser.add_argument(
        "--secrets",
        action="store_true",
        help="print secrets that the file does not have; needs no account, no settings",
    )
    parser.add_argument(
        "--env-file", type=Path, metavar="FILE", help="read FILE alone, in place of .env"
    )
    return parser.parse_args()


def _bootstrap(env_file: Path | None) -> int:
    values = deployment.read(env_file)
    print(" ".join(values.source), file=sys.stderr)
    client, prefix = wiring.store_client(values.environment)
    bootstrap(client, prefix, say=lambda line: print(line, flush=True))
    print("所有数据表均可使用。All tables answer.")
    return 0


def _print_secrets(named: Path | None) -> int:
    """Print a line for each secret, but none that the file holds already.

    The last line of a name counts, and another secret by accident would cost live codes, or every
    limit and list. For the same reason nothing is added to a file that was not looked at.
    """
    file = named or deployment.standing_file()
    if _adds_to_another(file):
        return _fail(
            "标准输出追加到另一个文件，其中可能已有密钥。请用 --env-file 指明该文件。",
            "Standard output adds to another file, which may hold secrets already. Name that file "
            "with --env-file.",
        )
    lines = env_file.read_lines(file) if file.exists() else {}
    there = [name for name in SECRETS if name in lines and lines[name][1]]
    if len(there) < len(SECRETS) and lines and not file.read_text("utf-8").endswith("\n"):
        print()
    for name in SECRETS:
        if name not in there:
            print(f"{name}={secrets.token_urlsafe(SECRET_BYTES)}")
    if there:
        names, where = ", ".join(there), deployment.shown(file)
        print(
            f"{where} 已有 {names}，保留不变，这里不再输出。轮换 CODE_SECRETS：用 --env-file "
            "/dev/null 生成新的，写在最前，用逗号分隔；更换 NUMBER_SECRET 会使限额和名单失效。\n"
            f"{names} stands in {where} already and stays, so it is left out here. To rotate "
            "CODE_SECRETS make a new one with --env-file /dev/null and put it in front, with a "
            "comma; another NUMBER_SECRET forgets limits and lists.",
            file=sys.stderr,
        )
    return 0


def _adds_to_another(file: Path) -> bool:
    """Say whether standard output is a file that holds something already, and not this one."""
    out = os.fstat(sys.stdout.fileno())
    ours = file.exists() and os.path.samestat(file.stat(), out)
    return stat.S_ISREG(out.st_mode) and out.st_size > 0 and not ours


def _fail(chinese: str, english: str) -> int:
    print(f"{chinese}\n{english}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
