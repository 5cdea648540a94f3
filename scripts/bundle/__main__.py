"""Command line of scripts/build."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from scripts import deployment
from scripts.bundle import report
from scripts.bundle.archive import pack
from scripts.bundle.layout import lay_out
from scripts.bundle.packages import Package, choose, install
from scripts.bundle.target import ROOT, TARGETS, BuildError, Target, interpreter
from shared.errors import Misconfigured

BUILDING = "building-"
LONGEST_BUILD_SECONDS = 3600.0


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--python",
    "version",
    type=click.Choice(sorted(TARGETS)),
    help="The runtime of the functions [default: RUNTIME, also in .env, else 3.10].",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / ".build",
    help="Where to put code/ and code.zip [default: .build].",
)
def main(version: str | None, out: Path) -> None:
    """Build the bundle of all functions: <out>/code/ and <out>/code.zip, for `s deploy`.

    Needs no Docker and no Linux. Packages come from requirements.lock, hashes checked; the same
    input makes the same bytes. Takes half a minute, less when the packages were fetched before.
    """
    started = time.monotonic()
    try:
        packages = build(TARGETS[version or _runtime()], out)
    except BuildError as error:
        raise click.ClickException(f"{error.chinese}\n{error.english}") from None
    except OSError as error:
        raise click.ClickException(
            f"无法写入 {out}（{error.strerror}），请用 --out 指定其他目录。\n"
            f"{out} cannot be written ({error.strerror}); name another folder with --out."
        ) from None
    code, archive = out / "code", out / "code.zip"
    click.echo(report.table(code, archive, packages))
    click.echo(f"\n{report.shown(archive)}  {time.monotonic() - started:.0f} s")
    if report.over_budget(code, archive):
        raise click.ClickException(
            "代码包超出预算，请查看上表中的大头。\n"
            "The bundle is over its budget; see in the table what takes the room."
        )


def _runtime() -> str:
    """Return the version that s.yaml would take; raise BuildError where there is none like it."""
    try:
        runtime = deployment.read().environment["RUNTIME"]
    except Misconfigured as error:
        raise BuildError(error.facts["problems_zh"], error.facts["problems_en"]) from None
    version = runtime.removeprefix("python")
    if version not in TARGETS:
        known = ", ".join(f"python{version}" for version in TARGETS)
        raise BuildError(f"RUNTIME 只能是 {known}。", f"RUNTIME is one of {known}.")
    return version


def _make_room(out: Path) -> None:
    """Make the folder; remove what a killed build left; refuse to replace what is no bundle."""
    out.mkdir(parents=True, exist_ok=True)
    code = out / "code"
    if code.exists() and not (code / "python" / "bundle.json").exists():
        raise BuildError(
            f"{code} 不是代码包，不会被覆盖：请用 --out 指定其他目录。",
            f"{code} is no bundle, and is not replaced: name another folder with --out.",
        )
    for left in out.glob(f"{BUILDING}*"):
        if time.time() - left.stat().st_mtime > LONGEST_BUILD_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def build(target: Target, out: Path) -> tuple[Package, ...]:
    """Build, and put the result in its place when it is whole; return the packages in it."""
    _make_room(out)
    with tempfile.TemporaryDirectory(dir=out, prefix=BUILDING) as folder:
        work = Path(folder)
        with _step(f"Python {target.version} for the byte code") as say:
            python = interpreter(target)
            say(report.shown(python))
        with _step(f"packages for {target.platform}") as say:
            install(ROOT / "requirements.lock", target, work / "installed")
            sources = [*ROOT.glob("functions/*.py"), *ROOT.glob("shared/**/*.py")]
            packages = choose(work / "installed", sources, target)
            say(f"{len(packages)} of {sum(1 for _ in (work / 'installed').glob('*.dist-info'))}")
        with _step("files that run") as say:
            lay_out(packages, work / "installed", ROOT, work / "code", target=target)
            say(str(sum(1 for file in (work / "code").rglob("*") if file.is_file())))
        with _step("byte code") as say:
            say(f"{_compile(python, work / 'code')} modules")
        with _step("zip"):
            pack(work / "code", work / "code.zip")
        shutil.rmtree(out / "code", ignore_errors=True)
        (work / "code").rename(out / "code")
        (work / "code.zip").replace(out / "code.zip")
    return packages


def _compile(python: Path, folder: Path) -> int:
    """Compile with the target's interpreter, and nothing of this machine's that changes the result.

    Options (PYTHONOPTIMIZE would drop asserts), packages that `.pth` files load, the hash seed.
    """
    total = sum(1 for file in folder.rglob("*.py") if file.parent != folder)
    done = 0
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with subprocess.Popen(
        [str(python), "-S", "-s", str(Path(__file__).with_name("bytecode.py"))],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**clean, "PYTHONHASHSEED": "0"},
    ) as process:
        lines = process.stdout or ()
        said: list[str] = []
        with click.progressbar(length=total, label="  compiling", file=sys.stderr) as bar:
            for line in lines:
                said = [*said[-20:], line]
                done += 1
                bar.update(1)
    if process.returncode != 0:
        text = "".join(said).strip()
        raise BuildError(f"有文件无法编译：\n{text}", f"A file does not compile:\n{text}")
    return done


@contextmanager
def _step(name: str) -> Iterator[Callable[[str], None]]:
    """Tell of a step as it begins, and when it is done what it found and how long it took."""
    found: list[str] = []
    started = time.monotonic()
    click.secho(f"· {name} ...", err=True, dim=True)
    yield found.append
    text = f"✓ {name}" + (f": {found[0]}" if found else "")
    click.secho(f"{text}  ({time.monotonic() - started:.1f} s)", err=True, fg="green")


if __name__ == "__main__":
    main(prog_name="scripts/build")
