"""Read .env as the Serverless Devs CLI does, and refuse what could be read in another way.

The CLI reads it with dotenv 16 and dotenv-expand 10 for Node; shells and python-dotenv differ from
them, and from each other, in comments, quotes, escapes and `$`. Taken is only what all read alike;
tests/deploy/test_env_file.py holds that to the CLI itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from shared.errors import Bilingual, Misconfigured

_LINE = re.compile(
    r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*"
    r"(?P<value>'[^']*'|\"[^\"]*\"|[^\s'\"`#][^#]*?|)"
    r"(?P<rest>[ \t]+#.*|[ \t]*)"
)
_NAMED = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:]")
_NOTHING = re.compile(r"[ \t]*(#.*)?")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ENDS = re.compile(r"(\r\n|\n|\r)")
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\ufeff\u2028\u2029]")
"""Ends a line, or is a space, for one reader and not for another."""

_QUOTES = "'\""
_FORM: Bilingual = (
    "写作 名称=值；含空格、#、引号的值放在一对单引号里，# 前留空格，不用反引号",
    "write NAME=value; quote a value that has spaces, # or quotes 'like this', leave a space "
    "before a #, and use no backtick",
)


def read_lines(file: Path) -> dict[str, tuple[int, str]]:
    """Return each name's line number and value as written; the last counts. Raise Misconfigured."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        name, why = file.name, type(error).__name__
        raise Misconfigured(
            [(f"无法读取 {name}（{why}）", f"{name} cannot be read ({why})")]
        ) from None
    found: dict[str, tuple[int, str]] = {}
    problems: list[Bilingual] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.fullmatch(line)
        wrong = _wrong(line, match)
        if wrong is not None:
            named = _NAMED.match(line)
            problems.append(_at(file, number, named["name"] if named else "", wrong))
        elif match is not None:
            value = match["value"]
            quoted = len(value) > 1 and value[0] in _QUOTES
            found[match["name"]] = (number, value[1:-1] if quoted else value.rstrip())
    if problems:
        raise Misconfigured(problems)
    return found


def resolved(
    file: Path, lines: Mapping[str, tuple[int, str]], process: Mapping[str, str]
) -> dict[str, str]:
    """Put in the place of ${NAME} what stands above it, or in the environment, which wins.

    Raise Misconfigured for a name that is in neither, and for a value that the CLI would expand
    once more.
    """
    values: dict[str, str] = {}
    problems: list[Bilingual] = []
    for name, (number, text) in lines.items():
        # To the CLI an empty variable of the process is none where the file has one further below.
        empty = {below for below in lines if below not in values and not process.get(below)}
        above = {**values, **process}
        known = {found: value for found, value in above.items() if found not in empty}
        if missing := [found for found in _REFERENCE.findall(text) if found not in known]:
            problems.append(_at(file, number, name, _undefined(missing[0])))
        values[name] = _filled_in(text, known)
        if "$" in values[name] or "$" in process.get(name, ""):
            problems.append(_at(file, number, name, _EXPANDED))
    if problems:
        raise Misconfigured(problems)
    return values


def written(name: str, value: str) -> str:
    """Return a line that is read as this value, quoted where it has to be."""
    plain = f"{name}={value}"
    match = _LINE.fullmatch(plain)
    alike = match is not None and match["value"] == value and value[:1] not in _QUOTES
    quote = '"' if "'" in value else "'"
    return plain if alike or not value else f"{name}={quote}{value}{quote}"


def changed(text: str, name: str, value: str) -> str:
    """Return a file's text with a value in the line that counts for a name, or in one more line.

    What else stands there stays, the line's comment too. The file must have passed `read_lines`.
    """
    parts = _ENDS.split(text)
    lines = parts[::2]
    at = [place for place, line in enumerate(lines) if _named(line) == name]
    if not at:
        end = next((part for part in parts[1::2]), "\n")
        gap = "" if not lines[-1] else end
        return f"{text}{gap}{written(name, value)}{end}"
    mark, line = _mark(lines[at[-1]])
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("a line that read_lines refuses")
    new = written(name, value).removeprefix(f"{name}=")
    parts[2 * at[-1]] = f"{mark}{line[: match.start('value')]}{new}{match['rest']}"
    return "".join(parts)


def _named(line: str) -> str | None:
    match = _LINE.fullmatch(_mark(line)[1])
    return match["name"] if match else None


def _mark(line: str) -> tuple[str, str]:
    """Split off the byte order mark that a file may begin with."""
    return ("\ufeff", line[1:]) if line.startswith("\ufeff") else ("", line)


def _filled_in(text: str, known: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda match: known.get(match[1], ""), text)


_EXPANDED: Bilingual = (
    "环境变量中的 $ 会被部署工具再次展开；请去掉它，或删去文件中的这一行",
    "a $ that comes from the environment would be expanded by the CLI once more; do without it, "
    "or take this line out of the file",
)


def _wrong(line: str, match: re.Match[str] | None) -> Bilingual | None:
    """Say why a line could be read in two ways, or None."""
    if _ODD.search(line):
        return "含有控制字符", "there is a control character in it"
    if match is None:
        return None if _NOTHING.fullmatch(line) else _FORM
    value = match["value"]
    if "$" in _REFERENCE.sub("", value) or "\\$" in value:
        return "$ 只能写作 ${名称}", "write no $ but in ${NAME}"
    if "\\" in value and value[0] in _QUOTES:
        return "引号里不能有反斜杠", "take the backslash out of the quotes"
    return None


def _undefined(name: str) -> Bilingual:
    return (
        f"${{{name}}} 在此行之上和环境变量中都没有",
        f"${{{name}}} is neither above this line nor in the environment",
    )


def _at(file: Path, number: int, name: str, why: Bilingual) -> Bilingual:
    """Say where, and of which variable; never what it holds."""
    of = f" {name}" if name else ""
    return (
        f"{file.name} 第 {number} 行{of}：{why[0]}",
        f"{file.name} line {number}{of}: {why[1]}",
    )
