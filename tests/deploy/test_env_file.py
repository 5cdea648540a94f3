"""The CLI and our scripts read .env alike, or our scripts refuse it and say which line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values

from scripts import deployment
from shared.errors import Misconfigured
from tests.deploy.samples import REQUIRED
from tests.deploy.serverless_devs import Project

SHOWN = ("SCENES", "REGIONS", "CAPTCHA_SCENES", "DYSMS_SIGN_NAME")
"""Settings that the texts below set; the CLI shows what it made of them."""

PROCESS = {**REQUIRED, "WHO": "ann", "COST": "a$b", "EMPTY": "", "LIMIT_IP": "1$2"}

READ_ALIKE = {
    "plain": "SCENES=a,b",
    "empty": "SCENES=",
    "spaces around": "  SCENES = a b  ",
    "tabs around": "\tSCENES\t=\ta\t",
    "exported": "export SCENES=a",
    "a comment behind": "SCENES=a #b",
    "a comment behind nothing": "SCENES= # b",
    "a comment behind quotes": "SCENES='a' # b's",
    "single quotes": "SCENES='a #b \"c\"'",
    "double quotes": "SCENES=\"a #b 'c'\"",
    "empty quotes": "SCENES=''",
    "json": 'SCENES={"shop": "x"}',
    "a quote within": "SCENES=it's",
    "a backtick within": "SCENES=a`b`",
    "a backslash": "SCENES=a\\nb\\c",
    "an equals sign": "SCENES=a=b==",
    "chinese": "DYSMS_SIGN_NAME=公司",
    "a wide space behind": "SCENES=a\u3000",
    "a wide space in a comment": "#\u3000公司\nSCENES=a",
    "a byte order mark": "\ufeffSCENES=a",
    "lines of windows": "SCENES=a\r\nREGIONS=CN\r\n",
    "no line end": "REGIONS=CN\nSCENES=a",
    "the last of two": "SCENES=a\nREGIONS=${SCENES}\nSCENES=b",
    "the first of two is empty": "SCENES=\nSCENES=b",
    "from above": "REGIONS=CN\nSCENES=x${REGIONS}y${REGIONS}",
    "from above, in quotes": "REGIONS='CN'\nSCENES='${REGIONS}'\nCAPTCHA_SCENES=\"${SCENES}\"",
    "from above, twice": "REGIONS=CN\nSCENES=${REGIONS}\nCAPTCHA_SCENES=${SCENES}",
    "from the process": "SCENES=${WHO}",
    "from the process, before what stands above": "WHO=bob\nSCENES=${WHO}",
    "nothing from the process": "SCENES=a${EMPTY}b",
    "nothing from the process, before what stands above": "EMPTY=x\nSCENES=a${EMPTY}b",
    "an empty line and a comment between": "SCENES=\n\n# it's\nREGIONS='CN'",
}

REFUSED = {
    "no space before the comment": "SCENES=abc#def",
    "nothing before the comment": "SCENES=#def",
    "no space between quotes and comment": "SCENES='a'#b",
    "a colon": "SCENES: qa",
    "a name alone": "SCENES",
    "a quoted name": "'SCENES'=a",
    "backticks": "SCENES=`a`",
    "a quote in quotes": 'SCENES="a"b"',
    "an escaped quote": "SCENES='it\\'s'",
    "escaped quotes": 'SCENES="{\\"a\\": 1}"',
    "escaped letters": 'SCENES="a\\nb\\tc"',
    "an open quote": 'SCENES="a',
    "more than a line": 'SCENES="a\nb"',
    "a quote on the next line": "SCENES=\n'a'",
    "quotes after a wide space": "SCENES=\u3000'a'",
    "something behind quotes": "SCENES='a' b",
    "a bare dollar name": "SCENES=$WHO",
    "two dollars": "SCENES=a$$b",
    "a dollar at the end": "SCENES=a$",
    "a dollar in single quotes": "SCENES='a$b'",
    "an escaped dollar": "SCENES=\\${WHO}",
    "a default": "SCENES=${NOPE:-qa}",
    "a default as in a shell": "SCENES=${NOPE-qa}",
    "an open brace": "SCENES=${WHO",
    "defined nowhere": "SCENES=a${NOPE}b",
    "defined below": "SCENES=${LATER}x\nLATER=a",
    "defined below, and empty in the process": "SCENES=${EMPTY}x\nEMPTY=a",
    "defined by itself": "SCENES=${SCENES}",
    "a dollar from the process": "SCENES=${COST}",
    "a dollar in what wins over the line": "LIMIT_IP=3/1d",
    "a page break": "SCENES=a\x0c",
    "a line end of other alphabets": "# a\u2028SCENES=b",
    "a byte order mark within": "REGIONS=CN\n\ufeffSCENES=a",
}


def ours(folder: Path, text: str, process: dict[str, str]) -> dict[str, str]:
    """Return what our scripts make of it."""
    file = folder / ".env"
    file.write_bytes(text.encode())
    found = deployment.read(process={**process, "ENV_FILE": str(file)}).environment
    return {name: found.get(name, "") for name in SHOWN}


def theirs(project: Project, text: str, process: dict[str, str]) -> dict[str, str]:
    """Return what the CLI makes of it."""
    (project.folder / ".env").write_bytes(text.encode())
    shown: dict[str, Any] = project.preview(process)["resources"]["send_code"]["props"]
    return {name: shown["environmentVariables"][name] for name in SHOWN}


def given(text: str) -> dict[str, str]:
    """Return the process's environment, without what the text sets."""
    return {name: value for name, value in PROCESS.items() if f"{name}=" not in text} | {
        name: PROCESS[name] for name in ("WHO", "EMPTY", "LIMIT_IP")
    }


@pytest.mark.parametrize("text", READ_ALIKE.values(), ids=READ_ALIKE)
def test_the_cli_reads_what_our_scripts_read(
    shared_project: Project, tmp_path: Path, text: str
) -> None:
    process = given(text)
    assert ours(tmp_path, text, process) == theirs(shared_project, text, process)


@pytest.mark.parametrize(
    "text", [text for text in READ_ALIKE.values() if "${" not in text and "\\" not in text]
)
def test_python_dotenv_reads_the_same(tmp_path: Path, text: str) -> None:
    read = dotenv_values(stream=io.StringIO(text.replace("\r\n", "\n")), interpolate=False)
    found = ours(tmp_path, text, given(text))
    for name in set(SHOWN) & set(read):
        assert found[name] == read[name]


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_could_be_read_in_two_ways_is_refused_by_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        ours(tmp_path, "STAGE=dev\n" + text, given(text))
    for chinese, english in refused.value.problems:
        assert ".env 第 " in chinese
        assert ".env line " in english


def test_a_complaint_names_the_variable_and_never_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refused:
        ours(tmp_path, 'STAGE=dev\nNUMBER_SECRET="hunter"2"\nCODE_SECRETS=hun#ter\n', {})
    told = str(refused.value.facts)
    assert ".env line 2 NUMBER_SECRET:" in told
    assert ".env line 3 CODE_SECRETS:" in told
    assert "hun" not in told


def test_a_file_alone_takes_nothing_from_the_process(tmp_path: Path) -> None:
    file = tmp_path / "some.env"
    file.write_text("SCENES=${WHO}\n", "utf-8")
    with pytest.raises(Misconfigured, match="internal"):
        deployment.read(file, process={"WHO": "ann"})
