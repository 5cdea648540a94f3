"""Create the product's Tablestore tables, or check that they are as they should be."""

from __future__ import annotations

import argparse
import sys

from shared import wiring
from shared.errors import Misconfigured, StoreError
from shared.storage.bootstrap import WrongTable, bootstrap


def main() -> int:
    """Create or check; 0 when every table answers."""
    argparse.ArgumentParser(
        prog="scripts/bootstrap",
        description=__doc__,
        epilog="Reads the same environment variables as the functions (README.md, Settings) and "
        "the keys ALIBABA_CLOUD_ACCESS_KEY_ID, ..._SECRET and ALIBABA_CLOUD_SECURITY_TOKEN. Safe "
        "to repeat. For the local service: set -a; . .local/doors.env; set +a; scripts/bootstrap",
    ).parse_args()
    try:
        client, prefix = wiring.store_client()
        bootstrap(client, prefix, say=lambda line: print(line, flush=True))
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
    print("所有数据表均可使用。All tables answer.")
    return 0


def _fail(chinese: str, english: str) -> int:
    print(f"{chinese}\n{english}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
