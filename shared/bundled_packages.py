"""Make the packages of the bundle win over those that Function Compute preinstalls, and see that.

python3.10 there has tablestore 5.4 with a protobuf of its time (FC documentation, "Python
runtimes"); ours needs a newer one. PYTHONPATH=/code/python (s.yaml) puts the bundle first, but
an old protobuf also opens the package `google` at start-up, by a `.pth` file, for itself alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from shared.errors import Misconfigured

FOLDER = Path(__file__).resolve().parents[1] / "python"
"""Where scripts/build puts them; in the repository there is none, and nothing to be done."""


def prefer(folder: Path = FOLDER) -> None:
    """Put the folder where Python looks first, after the function's own code."""
    if not folder.is_dir():
        return
    ours = str(folder)
    others = [entry for entry in sys.path if entry != ours]
    code = str(folder.parent)
    place = others.index(code) + 1 if code in others else 0
    sys.path[:] = [*others[:place], ours, *others[place:]]
    google = sys.modules.get("google")
    if google is not None:
        known = [entry for entry in getattr(google, "__path__", ()) if entry != f"{ours}/google"]
        google.__path__ = [f"{ours}/google", *known]


def check(module: ModuleType, folder: Path = FOLDER) -> None:
    """Raise Misconfigured where a module came from elsewhere though the bundle has it."""
    if folder.is_dir() and not (module.__file__ or "").startswith(f"{folder}/"):
        raise wrong(module.__name__)


def wrong(name: str) -> Misconfigured:
    """Return what to say where a package of the bundle did not win."""
    return Misconfigured(
        [
            (
                f"加载的 {name} 不是代码包中的版本：请检查 PYTHONPATH=/code/python 与函数的层"
                "（layers），并用 scripts/build 重新构建",
                f"{name} is not the one of the bundle: see that PYTHONPATH=/code/python, that no "
                "layer brings its own, and build anew with scripts/build",
            )
        ]
    )
