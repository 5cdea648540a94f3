"""What a script works on: the settings that the functions will have, and where they come from.

`s deploy` takes them from `.env` in the repository and from the environment, which wins; s.yaml
has defaults for some. Scripts read the same, by the same rule, so that what they look at is what
is deployed. The one place that knows the rule.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts import env_file as env_files
from shared.credentials import ID, SECRET, TOKEN
from shared.errors import Bilingual, Misconfigured
from shared.settings import NAMES

ROOT = Path(__file__).resolve().parents[1]
KEYS = (ID, SECRET, TOKEN)
FRONT_URL, ACCOUNT_ID = "FRONT_URL", "ALIBABA_CLOUD_ACCOUNT_ID"
OF_SCRIPTS = {
    "FRONT": "http",
    "STS_ENDPOINT": "https://sts.aliyuncs.com",
    FRONT_URL: "",
    ACCOUNT_ID: "",
}
"""Variables that only scripts read, with their defaults. FRONT_URL is where scripts/serve answers,
ALIBABA_CLOUD_ACCOUNT_ID the account's number, as Alibaba Cloud's own tools call it."""

FIXED = {"PYTHONPATH": "/code/python", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""What s.yaml gives every function that is no setting."""

RENAMED = {
    "ALIBABA_CLOUD_ROLE_ARN": "SMS_ROLE_ARN",
    "ALIBABA_CLOUD_EXTERNAL_ID": "SMS_ROLE_EXTERNAL_ID",
    "ALIBABA_CLOUD_ROLE_SESSION_NAME": "SMS_ROLE_SESSION_NAME",
    "ALIBABA_CLOUD_ROLE_FOR": "SMS_ROLE_FOR",
}
"""What functions are given under another name than it has in .env, where it would be mistaken for
what the deployer's own tools are to use."""

_IN_YAML = re.compile(r"env\('(?P<name>[A-Z_]+)'(?:,\s*'(?P<default>[^']*)')?\)")
_FUNCTION = re.compile(r"^ *functionName: (\S+)$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Deployment:
    """The values in force, and their source: `file` was read, `alone` or under the environment."""

    environment: Mapping[str, str]
    file: Path | None = None
    alone: bool = False
    in_file: int = 0
    from_process: int = 0
    overridden: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def source(self) -> Bilingual:
        """Say in a line what was read."""
        if self.file is None:
            return (
                f"没有 .env；环境变量 {self.from_process} 项",
                f"no .env; {self.from_process} values from the environment",
            )
        name = shown(self.file)
        if self.alone:
            return f"只读取 {name}：{self.in_file} 项", f"{name} alone: {self.in_file} values"
        over = ", ".join(self.overridden)
        return (
            f"{name}：{self.in_file} 项；环境变量 {self.from_process} 项"
            + (f"，覆盖 {over}" if over else ""),
            f"{name}: {self.in_file} values; {self.from_process} from the environment"
            + (f", which overrides {over}" if over else ""),
        )


def read(env_file: Path | None = None, *, process: Mapping[str, str] = os.environ) -> Deployment:
    """Read a deployment's values: from `env_file` alone, else from `.env` and the environment.

    The keys come together from one source, never an id from here and a token from there; a file
    without keys leaves them to the environment, as it does the account's number. ENV_FILE names
    another file in the place of `.env`. Raises Misconfigured where the file cannot be read, or
    could be in two ways, and where file and environment name different Tablestore instances: then
    they are not one deployment.
    """
    alone = env_file is not None
    file = env_file or standing_file(process)
    known = {*NAMES, *KEYS, *OF_SCRIPTS, *variables("s.*yaml")}
    over = {} if alone else {name: process[name] for name in known if name in process}
    in_file = _values(file, {} if alone else process) if alone or file.exists() else {}
    instances = {found.get("TABLESTORE_INSTANCE", "").strip() for found in (in_file, over)}
    if len(instances - {""}) > 1:
        raise Misconfigured([_two_deployments(file)])
    first, second = (in_file, process) if alone else (process, in_file)
    keys = first if first.get(ID) else second
    account = first.get(ACCOUNT_ID) or second.get(ACCOUNT_ID, "")
    settings = {name: value for name, value in {**in_file, **over}.items() if name in known}
    values = {**settings, **{name: keys.get(name, "") for name in KEYS}, ACCOUNT_ID: account}
    return Deployment(
        completed(values),
        file if in_file or alone else None,
        alone,
        len(in_file),
        len(over),
        tuple(sorted(name for name in over if in_file.get(name, over[name]) != over[name])),
        tuple(sorted(set(in_file) - known)),
    )


def completed(given: Mapping[str, str]) -> dict[str, str]:
    """Return what is set and not empty, and the defaults of s.yaml and scripts for the rest."""
    standing = {name: default for name, default in variables().items() if default}
    ours = {name: default for name, default in OF_SCRIPTS.items() if default}
    return {
        **standing,
        **ours,
        **{name: text for name, text in given.items() if text.strip()},
    }


def function_names(stage: str) -> tuple[str, ...]:
    """Return what the functions of a stage are called, as s.yaml says."""
    text = _COMMENT.sub("", (ROOT / "s.yaml").read_text("utf-8"))
    return tuple(name.replace("${vars.stage}", stage) for name in _FUNCTION.findall(text))


def variables(pattern: str = "s.yaml") -> dict[str, str | None]:
    """Return what s.yaml takes from the environment, each with its default; None is required."""
    texts = (_COMMENT.sub("", file.read_text("utf-8")) for file in ROOT.glob(pattern))
    found = (match for text in texts for match in _IN_YAML.finditer(text))
    return {match["name"]: match["default"] for match in found}


def standing_file(process: Mapping[str, str] = os.environ) -> Path:
    """Return where `.env` is; ENV_FILE names another in its place."""
    return Path(process.get("ENV_FILE") or ROOT / ".env")


def shown(file: Path) -> str:
    """Return a file's name as people know it."""
    return str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else str(file)


def _values(file: Path, process: Mapping[str, str]) -> dict[str, str]:
    return env_files.resolved(file, env_files.read_lines(file), process)


def _two_deployments(file: Path) -> Bilingual:
    name = shown(file)
    return (
        f"{name} 与环境变量的 TABLESTORE_INSTANCE 不同，像是两个部署。请用 --env-file 指明其一，"
        "或清除这些环境变量（例如另开终端）",
        f"{name} and the environment differ in TABLESTORE_INSTANCE, so they look like two "
        "deployments. Name one with --env-file, or unset those variables (open a new terminal)",
    )
