"""Run scripts/apidoc: 0 done, 1 a document is stale or something is not set, 2 used wrongly."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from scripts import deployment
from scripts.api_document.document import ROOT, public_document
from scripts.api_document.gateway import Place, gateway_document
from scripts.api_document.written import as_yaml
from scripts.deployment import ACCOUNT_ID
from scripts.ops_cli.complaints import Complaint, run_command, usage

FOLDER = ROOT / "docs"
PUBLIC, GATEWAY = "openapi.yaml", "openapi.apigateway.yaml"

_HELP = """Write the OpenAPI 3.0 documents anew from the models and the refusals.

\b
  docs/openapi.yaml             the public API: for clients, for tests, for the cloud-native
                                API Gateway
  docs/openapi.apigateway.yaml  with x-aliyun-apigateway-* extensions, for the traditional
                                API Gateway; region, stage and account are placeholders

\b
  scripts/apidoc                write both
  scripts/apidoc --check        end with 1 where one is not what the models say (CI does)
  scripts/apidoc --import       print the second for the deployment that .env describes:
                                REGION, STAGE, ACCESS and ALIBABA_CLOUD_ACCOUNT_ID

To import what --import printed, in API Gateway's console: API list, Import Swagger, Standard
OAS, OAS 3.0, the file's text, then Precheck before Import. Set CLIENT_IP=header:X-Ca-Client-Ip.

scripts/fuzz attacks the served functions by docs/openapi.yaml.

Exit codes: 0 done, 1 stale or not set, 2 used wrongly.
"""

_OPENING = """\
由 scripts/apidoc 根据 shared/models.py 与 shared/problems.py 生成，请勿手工修改。
Written by scripts/apidoc from shared/models.py and shared/problems.py; do not edit."""
_PLACEHOLDERS = """
地域、阶段与账号为占位值；导入请用 scripts/apidoc --import 的输出。
Region, stage and account are placeholders; import what scripts/apidoc --import prints."""


@click.command(
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--check", is_flag=True, help="Compare with the files; write nothing.")
@click.option("--import", "for_import", is_flag=True, help="Print what API Gateway imports.")
@click.option(
    "--env-file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --import: read FILE alone, in place of .env and the environment.",
)
@click.option(
    "--folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    help="Where the files are (default: docs).",
)
def apidoc(*, check: bool, for_import: bool, env_file: Path | None, folder: Path) -> int:
    """Write, compare or print the documents."""
    if (check and for_import) or (env_file is not None and not for_import):
        raise usage(
            "用法有误：--check 与 --import 不能同用，--env-file 只用于 --import。",
            "Wrong usage: --check and --import exclude each other; --env-file goes with --import.",
        )
    if for_import:
        click.echo(_gateway(_place(env_file), opening=_OPENING), nl=False)
        return 0
    texts = {
        PUBLIC: as_yaml(public_document(), opening=_OPENING),
        GATEWAY: _gateway(Place(), opening=_OPENING + _PLACEHOLDERS),
    }
    if check:
        return _compare(texts, folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
        click.echo(deployment.shown(folder / name))
    return 0


def _gateway(place: Place, *, opening: str) -> str:
    return as_yaml(gateway_document(place), opening=opening)


def _compare(texts: dict[str, str], folder: Path) -> int:
    stale = [name for name, text in texts.items() if _written(folder / name) != text]
    if stale:
        names = ", ".join(deployment.shown(folder / name) for name in stale)
        raise Complaint(
            f"{names} 与模型不一致。请运行 scripts/apidoc 并提交其结果。",
            f"{names}: not what the models say. Run scripts/apidoc and commit what it writes.",
        )
    return 0


def _written(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def _place(env_file: Path | None) -> Place:
    values = deployment.read(env_file).environment
    account = values.get(ACCOUNT_ID, "").strip()
    if not re.fullmatch(r"\d{16}", account):
        raise Complaint(
            f"{ACCOUNT_ID} 未设置或不是 16 位数字；请填写阿里云账号 ID（控制台右上角头像处）。",
            f"{ACCOUNT_ID} is not set, or is not 16 digits: give the account's id, which the "
            "console shows at the avatar, top right.",
        )
    by_gateway = values.get("ACCESS", "gateway") == "gateway"
    return Place(values["REGION"], values["STAGE"], account, "APP" if by_gateway else "ANONYMOUS")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; errors go to stderr in Chinese and English."""
    return run_command(apidoc, arguments, name="scripts/apidoc")


if __name__ == "__main__":
    sys.exit(main())
