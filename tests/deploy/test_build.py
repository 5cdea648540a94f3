"""scripts/build keeps what it did not make, trusts no cache, and depends on no setting around."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from scripts.bundle import target as targets
from scripts.bundle.__main__ import LONGEST_BUILD_SECONDS, build
from scripts.bundle.packages import choose, install
from scripts.bundle.target import TARGETS, BuildError, Target, interpreter, pip_settings
from tests.deploy.serverless_devs import ROOT

SOURCES = [*ROOT.glob("functions/*.py"), *ROOT.glob("shared/**/*.py")]


@pytest.fixture(scope="module")
def target() -> Target:
    """The runtime that this interpreter is, or else the default one."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = TARGETS.get(version, TARGETS["3.10"])
    try:
        interpreter(found)
    except BuildError as error:
        if os.environ.get("CI_NEEDS_ALL"):
            raise
        pytest.skip(error.english)
    return found


@pytest.fixture(scope="module")
def installed(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    install(ROOT / "requirements.lock", target, folder)
    return folder


def script(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.bundle", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_that_is_not_as_published_ends_the_build(
    installed: Path, target: Target, tmp_path: Path
) -> None:
    """As from a cache that another program's environment is linked to."""
    copy = tmp_path / "copy"
    shutil.copytree(installed, copy)
    assert choose(copy, SOURCES, target)
    with (copy / "certifi" / "cacert.pem").open("a") as file:
        file.write("# one authority more\n")
    with pytest.raises(BuildError, match=r"certifi/cacert\.pem is not as it was published"):
        choose(copy, SOURCES, target)


def test_a_package_that_the_lock_file_lacks_is_named(
    installed: Path, target: Target, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(installed, copy)
    shutil.rmtree(next(copy.glob("idna-*.dist-info")))
    with pytest.raises(BuildError, match="idna is not in the lock file"):
        choose(copy, SOURCES, target)


def test_a_folder_that_is_no_bundle_is_not_replaced(target: Target, tmp_path: Path) -> None:
    precious = tmp_path / "code" / "precious"
    precious.parent.mkdir()
    precious.write_text("keep")
    with pytest.raises(BuildError, match="is no bundle, and is not replaced"):
        build(target, tmp_path)
    assert precious.read_text() == "keep"


def test_what_a_killed_build_left_is_removed_and_a_running_one_is_let_be(
    target: Target, tmp_path: Path
) -> None:
    dead, running = tmp_path / "building-dead", tmp_path / "building-running"
    dead.mkdir()
    running.mkdir()
    long_ago = time.time() - LONGEST_BUILD_SECONDS - 60
    os.utime(dead, (long_ago, long_ago))
    build(target, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"building-running", "code", "code.zip"}


def test_python_s_own_variables_do_not_change_the_bundle(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTHONOPTIMIZE would take the asserts out of every package."""
    build(target, tmp_path / "one")
    for name, value in {"OPTIMIZE": "2", "DEVMODE": "1", "IOENCODING": "gbk"}.items():
        monkeypatch.setenv(f"PYTHON{name}", value)
    monkeypatch.setenv("LC_ALL", "C")
    build(target, tmp_path / "two")
    one, two = (
        hashlib.sha256((tmp_path / name / "code.zip").read_bytes()).hexdigest()
        for name in ("one", "two")
    )
    assert one == two


def test_an_interpreter_that_cannot_be_had_is_said_with_the_next_step(
    mocker: MockerFixture,
) -> None:
    mocker.patch.object(targets.shutil, "which", return_value=None)
    mocker.patch.object(targets.sys, "executable", "/nowhere/python")
    mocker.patch.object(targets, "_version", return_value="")
    mocker.patch.object(targets, "uv", side_effect=BuildError("无网络", "no network"))
    with pytest.raises(BuildError, match=r"brew install python@3\.10") as caught:
        interpreter(TARGETS["3.10"])
    assert "brew install python@3.10" in caught.value.chinese


def test_the_runtime_is_that_of_the_env_file(tmp_path: Path) -> None:
    env = tmp_path / "wrong.env"
    env.write_text("RUNTIME=python3.11\n")
    done = script("--out", str(tmp_path), ENV_FILE=str(env))
    assert done.returncode == 1
    assert "RUNTIME is one of python3.10, python3.12" in done.stderr


def test_a_folder_that_cannot_be_written_is_a_clear_error() -> None:
    done = script("--python", "3.10", "--out", "/proc/nowhere")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_mirror_that_pip_is_set_to_is_found_where_pip_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    file.write_text("[global]\nindex-url = https://one.invalid/simple\n")
    assert pip_settings()["index-url"] == "https://one.invalid/simple"
    file.write_text(file.read_text() + "[install]\nindex-url = https://two.invalid/simple\n")
    assert pip_settings()["index-url"] == "https://two.invalid/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://three.invalid/simple")
    assert pip_settings()["index-url"] == "https://three.invalid/simple"


def test_an_installer_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    with pytest.raises(BuildError, match=r"check the network or the mirror") as caught:
        targets.uv("pip", "install", "--target", "/nowhere", "no-such-package-at-all")
    assert "127.0.0.1" in caught.value.english


def test_the_settings_of_the_folder_that_the_caller_is_in_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.uv]\nexclude-newer = "2001-01-01T00:00:00Z"\n')
    monkeypatch.chdir(tmp_path)
    install(ROOT / "requirements.lock", TARGETS["3.10"], tmp_path / "installed")
    assert (tmp_path / "installed" / "tablestore").is_dir()
