"""Pack a folder so that the same files make the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path

THE_SAME_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first that the format knows; a file's own would differ with every build."""

READABLE = 0o100644 << 16


def pack(folder: Path, archive: Path) -> None:
    """Write a zip file of a folder: sorted, without times, owners and modes of this machine."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), THE_SAME_MOMENT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = READABLE
                entry.create_system = 3  # Unix, on macOS too
                packed.writestr(entry, file.read_bytes(), compresslevel=9)
