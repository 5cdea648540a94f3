"""Whether what the settings make of a message can be sent: code length, and templates abroad."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.doctor_checks.case import Case
from scripts.doctor_checks.check import Finding, ok, warning
from shared.domain.places import MAINLAND
from shared.domain.routes import DYSMS
from shared.domain.templates import template_for
from shared.settings import Settings

LONGEST_CODE = 6
"""Of a verification template's variable (help.aliyun.com, TemplateRule): 4 to 6 characters."""


def messages(case: Case) -> Iterator[Finding]:
    """Look for what Aliyun SMS refuses, or may refuse, when a message is handed over."""
    settings = case.settings
    found = [*_unserved(settings)]
    if uses_dysms(settings):
        found += [*_length(settings), *_abroad(settings)]
    yield from found or [
        ok("验证码长度与各地域模板相符", "code length and templates fit the regions")
    ]


def uses_dysms(settings: Settings) -> bool:
    """Say whether Aliyun SMS sends anything."""
    return DYSMS in settings.routes.providers


def _unserved(settings: Settings) -> Iterator[Finding]:
    """Look for regions that are switched on and that no provider of theirs sends to."""
    without = [
        region
        for region in settings.regions
        if not any(settings.routes.to(region, scene) for scene in settings.scenes)
    ]
    if without:
        names = ", ".join(without)
        yield warning(
            (
                f"REGIONS 中的 {names} 没有服务商可发（PNVS 只发中国内地）",
                f"no provider sends to {names} of REGIONS (PNVS: mainland China only)",
            ),
            (
                "在 SMS_PROVIDERS 加 intl=dysms，或从 REGIONS 去掉",
                "add intl=dysms to SMS_PROVIDERS, or take it out of REGIONS",
            ),
        )


def served_regions(settings: Settings, template: str) -> set[str]:
    """Return the regions whose numbers get a template, for one scene at least."""
    return {
        region
        for region in settings.regions
        for scene in settings.scenes
        if template_for(settings.dysms_templates, region=region, scene=scene) == template
    }


def _length(settings: Settings) -> Iterator[Finding]:
    if settings.code_length > LONGEST_CODE:
        yield warning(
            (
                f"CODE_LENGTH={settings.code_length}，而验证码模板的变量限 4 至 6 位",
                f"CODE_LENGTH={settings.code_length}, and a verification template's variable "
                "takes 4 to 6 characters",
            ),
            (
                "CODE_LENGTH 改为 6 或更短，或先用测试号码确认模板接受",
                "set CODE_LENGTH to 6 or less, or first see that your template takes it",
            ),
        )


def _abroad(settings: Settings) -> Iterator[Finding]:
    """Look for regions that only a template for all of them serves, which is one of the mainland.

    A deployment that sends abroad only may well have its template under `*`.
    """
    if MAINLAND not in settings.regions:
        return
    placed = {key: code for key, code in settings.dysms_templates.items() if "/" in key}
    without = [
        region
        for region in settings.regions
        if region != MAINLAND
        and any(
            DYSMS in settings.routes.to(region, scene)
            and template_for(placed, region=region, scene=scene) is None
            for scene in settings.scenes
        )
    ]
    if without:
        names = ", ".join(without)
        yield warning(
            (
                f"{names} 没有国际模板，会用内地模板发送",
                f"{names}: no template for abroad, so that of the mainland is used",
            ),
            (
                "在 DYSMS_TEMPLATES 加 intl/*=<国际/港澳台模板> 或 <地域>/*=<模板>",
                "add intl/*=<international template>, or <REGION>/*=<template>, to DYSMS_TEMPLATES",
            ),
        )
