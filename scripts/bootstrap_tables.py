"""Create the product's Tablestore tables, or check that they are as they should be.

With --secrets instead make the secrets that the settings need, as lines for .env.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

from scripts import deployment
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
        return _print_secrets() if options.secrets else _bootstrap(options.env_file)
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
  scripts/bootstrap --secrets >> .env             secrets that .env does not have yet""",
    )
    parser.add_argument(
        "--secrets", action="store_true", help="print new secrets; needs no account, no settings"
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


def _print_secrets() -> int:
    """Print a line for each secret, but none that the file on standard output holds already.

    Changing one by accident would cost live codes, or every limit and list.
    """
    file = deployment.standing_file()
    appending = file.exists() and os.path.samestat(file.stat(), os.fstat(sys.stdout.fileno()))
    text = file.read_text("utf-8") if appending else ""
    standing = dotenv_values(stream=StringIO(text), interpolate=False)
    there = [name for name in SECRETS if standing.get(name)]
    if text and not text.endswith("\n"):
        print()
    for name in SECRETS:
        if name not in there:
            print(f"{name}={secrets.token_urlsafe(SECRET_BYTES)}")
    if there:
        names = ", ".join(there)
        print(
            f".env 已有 {names}，保留不变。轮换 CODE_SECRETS：新的写在最前，用逗号分隔；更换 "
            "NUMBER_SECRET 会使限额和名单失效。\n"
            f"{names} stands in .env already and stays. To rotate CODE_SECRETS put a new one in "
            "front, with a comma; another NUMBER_SECRET forgets limits and lists.",
            file=sys.stderr,
        )
    return 0


def _fail(chinese: str, english: str) -> int:
    print(f"{chinese}\n{english}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
