"""Which packages the bundle takes: those that the product's imports lead to, and no other."""

from __future__ import annotations

import ast
import base64
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement

from scripts.bundle.target import BuildError, Target, uv
from shared.deferred_imports import DEFERRED

BUILD_LOCK = Path(__file__).with_name("build.lock")

NEVER_IMPORTED = {
    "deprecated": "aliyun-mns-sdk: mns.queue, which warns of old names; we use the client below it",
    "pycryptodome": "aliyun-mns-sdk requires it, and imports nothing of it",
    "future": "tablestore requires it for Python 2, and imports nothing of it on Python 3",
}
"""Requirements on paper."""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed distribution; `files` are paths below the folder that it is installed in."""

    name: str
    version: str
    files: tuple[Path, ...]


def install(lock: Path, target: Target, into: Path) -> None:
    """Install what the lock file names for the target, hashes checked, wheels for its platform.

    What is published as source only (pure Python, all of it) is built on the way, by the build
    tools that build.lock names.
    """
    uv(
        "pip",
        "install",
        "--python",
        sys.executable,
        "--target",
        str(into),
        "--python-platform",
        target.platform,
        "--python-version",
        target.version,
        "--require-hashes",
        "--no-deps",
        "--link-mode",
        "copy",
        "--build-constraints",
        str(BUILD_LOCK),
        "--requirement",
        str(lock),
    )


def choose(installed: Path, sources: Iterable[Path], target: Target) -> tuple[Package, ...]:
    """Return the packages that run: from the sources' imports on, along what each requires.

    The way ends at what `shared/deferred_imports.py` defers: there the doors never get.
    """
    found = {_key(each.name): each for each in distributions(path=[str(installed)])}
    providers = _providers(found)
    cut = {name for module in DEFERRED if "." not in module for name in providers.get(module, ())}
    cut |= set(NEVER_IMPORTED)
    wanted = sorted({name for module in _imports(sources) for name in providers.get(module, ())})
    chosen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in chosen or name in cut:
            continue
        if name not in found:
            raise BuildError(
                f"锁文件中缺少 {name}，请运行 scripts/lock。",
                f"{name} is not in the lock file; run scripts/lock.",
            )
        chosen.add(name)
        _hold_to_record(found[name], installed)
        wanted += _requirements(found[name], target)
    return tuple(_package(found[name]) for name in sorted(chosen))


def _hold_to_record(distribution: Distribution, installed: Path) -> None:
    """Raise BuildError where a file is not as its wheel listed it.

    The installer compares hashes when it fetches a wheel, and copies from its cache from then on.
    """
    for file in distribution.files or ():
        path = installed / str(file)
        if file.hash is None or file.hash.mode != "sha256" or not path.is_file():
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest())
        if digest.rstrip(b"=").decode() != file.hash.value:
            raise BuildError(
                f"{file} 与发布的内容不同，缓存已被改动：请删除 .build/uv-cache 后重试。",
                f"{file} is not as it was published: the cache was changed. Remove "
                ".build/uv-cache, and run this again.",
            )


def _imports(sources: Iterable[Path]) -> set[str]:
    """Return the top-level modules that the sources import, anywhere in them."""
    modules: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_bytes(), str(source))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules |= {node.module.split(".")[0], ".".join(node.module.split(".")[:2])}
    return modules


def _providers(found: Mapping[str, Distribution]) -> dict[str, set[str]]:
    """Return which distributions bring a module (`google.protobuf` by its two first names)."""
    providers: dict[str, set[str]] = {}
    for name, distribution in found.items():
        for file in distribution.files or ():
            parts = file.with_suffix("").parts
            if file.suffix == ".py" and not parts[0].endswith(".dist-info"):
                top = ".".join(parts[:2]) if parts[0] == "google" else parts[0]
                providers.setdefault(top, set()).add(name)
    return providers


def _requirements(distribution: Distribution, target: Target) -> Iterator[str]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(target.markers):
            yield _key(requirement.name)


def _package(distribution: Distribution) -> Package:
    files = tuple(sorted(Path(str(file)) for file in distribution.files or ()))
    return Package(_key(distribution.name), distribution.version, files)


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
