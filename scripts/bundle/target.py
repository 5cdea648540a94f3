"""What the bundle is for: an interpreter of Function Compute, and its double on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class BuildError(Exception):
    """The build cannot go on; `chinese` and `english` say what to do."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english


@dataclass(frozen=True, slots=True)
class Target:
    """A runtime of Function Compute; `glibc` is that of its system, x86_64 its only processor."""

    version: str
    glibc: str

    @property
    def platform(self) -> str:
        """Return uv's name of the platform that wheels are chosen for."""
        return f"x86_64-manylinux_{self.glibc.replace('.', '_')}"

    @property
    def markers(self) -> dict[str, str]:
        """Return the environment that dependency markers are evaluated in (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.version}.0",
            "os_name": "posix",
            "platform_machine": "x86_64",
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.version}.0",
            "python_version": self.version,
            "sys_platform": "linux",
            "extra": "",
        }


TARGETS = {
    target.version: target
    for target in (
        Target("3.10", "2.28"),  # Debian 10 (FC documentation, Python runtimes)
        Target("3.12", "2.28"),  # Debian 11 has 2.31; there is no wheel that needs more than 2.28
    )
}


def uv(*arguments: str) -> str:
    """Run uv, the installer, and return what it printed; raise BuildError with what it said.

    It runs in the repository, not where the caller is, whose project may have settings for it,
    and with a cache of our own: others link their environments to the shared one, and change it.
    """
    command = [str(Path(sys.executable).with_name("uv")), *arguments]
    seen = sys.stderr.isatty()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=None if seen else subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "" if seen else f"\n{done.stderr.strip()[-2000:]}"
        raise BuildError(
            f"uv {arguments[0]} 失败，请检查网络或软件源后重试。{said}",
            f"uv {arguments[0]} failed; check the network or the mirror, and run this again.{said}",
        )
    return done.stdout


def _environment() -> dict[str, str]:
    """Let uv use the package index and the certificates that pip is set to: it does not itself."""
    environment = {**os.environ, "UV_CACHE_DIR": str(ROOT / ".build" / "uv-cache")}
    pip = pip_settings()
    if "index-url" in pip and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & environment.keys():
        environment["UV_DEFAULT_INDEX"] = pip["index-url"]
    if "cert" in pip:
        environment.setdefault("SSL_CERT_FILE", pip["cert"])
    return environment


def pip_settings() -> dict[str, str]:
    """Return pip's settings that hold for an installation: environment, `[install]`, `[global]`."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in done.stdout.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(section):
                found[name.removeprefix(section)] = value.strip().strip("'\"")
    return found


def interpreter(target: Target) -> Path:
    """Return an interpreter of the target's version: byte code is good for one version only.

    Looks at PATH and pyenv; else uv fetches a stand-alone one, once. Any platform's will do.
    """
    name = f"python{target.version}"
    candidates = [sys.executable, shutil.which(name), _of_pyenv(target.version)]
    for candidate in candidates:
        if candidate and _version(candidate) == target.version:
            return Path(candidate)
    try:
        uv("python", "install", target.version)
        return Path(uv("python", "find", "--no-project", target.version).strip())
    except BuildError as error:
        raise BuildError(
            f"需要 Python {target.version} 来生成字节码，本机没有，也未能下载。请安装 {name} 后重试"
            f"（macOS：brew install python@{target.version}）。{error.chinese}",
            f"Python {target.version} is needed for the byte code; there is none here, and it "
            f"could not be fetched. Install {name} (macOS: brew install python@{target.version}) "
            f"and run this again. {error.english}",
        ) from None


def _of_pyenv(version: str) -> str | None:
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return None
    done = subprocess.run([pyenv, "prefix", version], capture_output=True, text=True, check=False)
    return f"{done.stdout.strip()}/bin/python" if done.returncode == 0 else None


def _version(python: str) -> str:
    program = "import platform; print(platform.python_implementation(), platform.python_version())"
    done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    kind, _, version = done.stdout.strip().partition(" ")
    return ".".join(version.split(".")[:2]) if kind == "CPython" else ""
