"""The table of settings as Markdown, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scripts.deployment import OF_SCRIPTS, variables
from scripts.settings_reference.forms import allowed, as_cell, default_text
from scripts.settings_reference.groups import DEPLOY_GROUPS, SETTING_GROUPS, Group
from scripts.settings_reference.words import Words
from shared.errors import Bilingual
from shared.settings import NAMES, Settings

Language = Literal["zh", "en"]

_HEADS = {"zh": "| 名称 | 默认值 | 说明 |", "en": "| name | default | |"}
_RULE = "|---|---|---|"


def table(language: Language) -> str:
    """Return the whole of it: a heading in bold and a table for each group."""
    texts = [_of_group(group, language) for group in (*SETTING_GROUPS, *DEPLOY_GROUPS)]
    return "\n\n".join(texts)


def _of_group(group: Group, language: Language) -> str:
    heading = f"**{_said((group.chinese, group.english), language)}**"
    lines = (_line(name, words, language) for name, words in group.texts.items())
    return "\n".join([heading, "", _HEADS[language], _RULE, *lines])


def _line(name: str, words: Words, language: Language) -> str:
    default = _said(_default(name, words), language)
    text = _said((words.chinese, words.english), language)
    limits = _said(allowed(name), language) if name in NAMES else ""
    if limits and not _names_all(limits, text):
        text += f"（{limits}）" if language == "zh" else f" ({limits})"
    return f"| `{name}` | {as_cell(default)} | {as_cell(text)} |"


def _names_all(limits: str, text: str) -> bool:
    """Say whether a text names every value that the model allows, so that a list repeats it."""
    quoted = limits.split("`")[1::2]
    return bool(quoted) and all(f"`{value}`" in text for value in quoted)


def _default(name: str, words: Words) -> Bilingual:
    given = variables("s.*yaml")
    if name not in NAMES:
        return _of_deployment(given.get(name, OF_SCRIPTS.get(name)), words)
    field = Settings.model_fields[name.lower()]
    if field.is_required():
        return "**必填**", "**required**"
    text = default_text(name)
    parts = [(f"`{text}`", f"`{text}`") if text else _unset(words)]
    if words.needed_with:
        parts = [_needed_with(words.needed_with)]
    if name in given and given[name] is None:
        parts.append(("**部署时必填**", "**required to deploy**"))
    return _joined(parts)


def _of_deployment(default: str | None, words: Words) -> Bilingual:
    if words.needed_with:
        return _needed_with(words.needed_with)
    if default is None:
        return "**必填**", "**required**"
    return (f"`{default}`", f"`{default}`") if default else _unset(words)


def _unset(words: Words) -> Bilingual:
    return words.unset if words.unset[0] else ("无", "none")


def _needed_with(setting: str) -> Bilingual:
    return f"使用 `{setting}` 时必填", f"required with `{setting}`"


def _joined(parts: list[Bilingual]) -> Bilingual:
    return "；".join(part[0] for part in parts), "; ".join(part[1] for part in parts)


def _said(pair: Bilingual, language: Language) -> str:
    return pair[0] if language == "zh" else pair[1]


def unworded() -> Iterator[str]:
    """Yield what is wrong: a setting without words, words without a setting, or said twice."""
    deploying, of_scripts = DEPLOY_GROUPS
    only = set(variables("s.*yaml")) - set(NAMES)
    for groups, known in (
        (SETTING_GROUPS, set(NAMES)),
        ((deploying,), only),
        ((of_scripts,), set(OF_SCRIPTS)),
    ):
        worded = [name for group in groups for name in group.texts]
        yield from sorted(known ^ set(worded))
        yield from sorted({name for name in worded if worded.count(name) > 1})
