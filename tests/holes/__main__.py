"""Write the table of holes into docs/security.md and docs/security.zh-CN.md."""

from __future__ import annotations

from tests.holes.table import PART, parts

if __name__ == "__main__":
    PART.write(parts())
