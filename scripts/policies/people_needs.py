"""What those who deploy, look after and call the service call themselves."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.policies.needs import (
    ASSUMED,
    CALLER,
    DEPLOYER,
    DOCUMENTED,
    DOMAIN,
    DYSMS,
    EDITOR,
    ERASER,
    EVERYTHING,
    LOG_CREATION,
    OPERATOR,
    OUR_DOORS,
    OUR_FUNCTIONS,
    OUR_TABLES,
    OUR_TRIGGERS,
    PNVS,
    REPORTED,
    TAGGER,
    WITHOUT_NUMBERS,
    Need,
)
from scripts.policies.runtime_needs import OTS

FC = "help.aliyun.com policies-and-sample-policies (FC 3.0), devsapp/fc3 src/subCommands/deploy"
FC_LOGS = "devsapp/fc3 docs, logConfig: auto"
LISTING = "aliyun/alibabacloud-aiops-skills, tablestore ram-policies.md, names the instance"
SMS = "aliyun/alibabacloud-aiops-skills, SMS ram-policies.md: no resource level"
SMS_PAGES = "help.aliyun.com, the operation's page: all resources"
PASSING = "help.aliyun.com AliyunFCFullAccess; devsapp/fc3 docs"


def _deployed() -> Iterator[Need]:
    for call in ("GetFunction", "CreateFunction", "UpdateFunction"):
        yield Need(DEPLOYER, "s deploy", call, f"fc:{call}", OUR_FUNCTIONS, DOCUMENTED, FC)
    yield Need(
        DEPLOYER,
        "s deploy",
        "PutAsyncInvokeConfig",
        "fc:PutFunctionAsyncInvokeConfig",
        OUR_FUNCTIONS,
        DOCUMENTED,
        FC,
    )
    for call in ("GetTrigger", "CreateTrigger", "UpdateTrigger"):
        yield Need(DEPLOYER, "s deploy", call, f"fc:{call}", OUR_TRIGGERS, DOCUMENTED, FC)
    yield Need(
        DEPLOYER,
        "s deploy",
        "GetTempBucketToken",
        "fc:GetTempBucketToken",
        (EVERYTHING,),
        REPORTED,
        "devsapp/fc3 uploads the code so; the action is named by Serverless-Devs' agentrun docs",
    )
    for call in ("GetCustomDomain", "CreateCustomDomain", "UpdateCustomDomain"):
        docs = "devsapp/fc3-domain docs; policies-and-sample-policies"
        yield Need(DEPLOYER, "s deploy", call, f"fc:{call}", ("domain",), DOCUMENTED, docs, DOMAIN)
    yield Need(
        DEPLOYER,
        "s deploy",
        "PassRole",
        "ram:PassRole",
        ("role",),
        DOCUMENTED,
        PASSING,
        passed_to="fc.aliyuncs.com",
    )
    for call in ("GetProject", "CreateProject"):
        on = ("log project made by s deploy",)
        yield Need(DEPLOYER, "s deploy", call, f"log:{call}", on, DOCUMENTED, FC_LOGS, LOG_CREATION)
    for call in ("GetLogStore", "CreateLogStore", "GetIndex", "CreateIndex"):
        on = ("log store made by s deploy",)
        yield Need(DEPLOYER, "s deploy", call, f"log:{call}", on, DOCUMENTED, FC_LOGS, LOG_CREATION)


def _probed() -> Iterator[Need]:
    """Yield what s deploy asks about, and does without where it is refused."""
    source = "policies-and-sample-policies; devsapp/fc3 goes on without"
    for call, action in (
        ("GetAsyncInvokeConfig", "fc:GetFunctionAsyncInvokeConfig"),
        ("GetConcurrencyConfig", "fc:GetConcurrencyConfig"),
        ("GetProvisionConfig", "fc:GetProvisionConfig"),
    ):
        yield Need(DEPLOYER, "s deploy", call, action, OUR_FUNCTIONS, DOCUMENTED, source)


def _bootstrapped() -> Iterator[Need]:
    by = "scripts/bootstrap"
    yield Need(
        DEPLOYER, by, "ListTable", "ots:ListTable", ("instance", "any table"), REPORTED, LISTING
    )
    for call in ("CreateTable", "DescribeTable", "UpdateTable", "GetRow"):
        yield Need(DEPLOYER, by, call, f"ots:{call}", OUR_TABLES, DOCUMENTED, OTS)


DEPLOYER_NEEDS: tuple[Need, ...] = (*_deployed(), *_probed(), *_bootstrapped())


def _asked() -> Iterator[Need]:
    """Yield what scripts/ops asks the SMS service, reading only."""
    for command, calls in (
        ("signs", ("QuerySmsSignList", "GetSmsSign")),
        ("templates", ("QuerySmsTemplateList", "GetSmsTemplate", "ListTagResources")),
        ("records", ("QuerySendDetails",)),
        ("statistics", ("QuerySendStatistics",)),
    ):
        for call in calls:
            yield Need(
                OPERATOR,
                f"scripts/ops {command}",
                call,
                f"dysms:{call}",
                (EVERYTHING,),
                DOCUMENTED,
                SMS_PAGES,
                DYSMS,
            )
    yield Need(
        OPERATOR,
        "scripts/ops records",
        "QuerySendDetails",
        "dypns:QuerySendDetails",
        (EVERYTHING,),
        ASSUMED,
        "by analogy with SendSmsVerifyCode",
        PNVS,
    )


def _counted() -> Iterator[Need]:
    """Yield what scripts/ops reads of the tables beside these."""
    for command, call, on in (
        ("limits", "BatchGetRow", ("phones", "counters", "lists")),
        ("records", "GetRow", ("messages", "receipts")),
        ("statistics", "GetRange", ("messages",)),
    ):
        yield Need(OPERATOR, f"scripts/ops {command}", call, f"ots:{call}", on, DOCUMENTED, OTS)


OPERATOR_NEEDS: tuple[Need, ...] = (
    *_asked(),
    *_counted(),
    Need(OPERATOR, "scripts/ops lists", "GetRow", "ots:GetRow", ("lists",), DOCUMENTED, OTS),
    Need(OPERATOR, "scripts/ops lists", "GetRange", "ots:GetRange", ("lists",), DOCUMENTED, OTS),
    Need(
        OPERATOR,
        "scripts/ops trace",
        "GetRow",
        "ots:GetRow",
        ("phones", "messages", "receipts", "lists"),
        DOCUMENTED,
        OTS,
    ),
    Need(OPERATOR, "scripts/ops stats", "GetRange", "ots:GetRange", ("messages",), DOCUMENTED, OTS),
    Need(
        OPERATOR,
        "scripts/ops health",
        "BatchGetRow",
        "ots:BatchGetRow",
        ("health", "providers"),
        DOCUMENTED,
        OTS,
    ),
    Need(
        OPERATOR,
        "scripts/doctor",
        "ListTable",
        "ots:ListTable",
        ("instance", "any table"),
        REPORTED,
        LISTING,
    ),
    Need(
        OPERATOR,
        "scripts/doctor",
        "DescribeTable",
        "ots:DescribeTable",
        OUR_TABLES,
        DOCUMENTED,
        OTS,
    ),
    Need(OPERATOR, "scripts/doctor", "GetRow", "ots:GetRow", WITHOUT_NUMBERS, DOCUMENTED, OTS),
    Need(
        OPERATOR,
        "scripts/doctor",
        "GetSmsSign",
        "dysms:GetSmsSign",
        (EVERYTHING,),
        DOCUMENTED,
        SMS,
        DYSMS,
    ),
    Need(
        OPERATOR,
        "scripts/doctor",
        "GetSmsTemplate",
        "dysms:GetSmsTemplate",
        (EVERYTHING,),
        DOCUMENTED,
        SMS,
        DYSMS,
    ),
    Need(
        OPERATOR,
        "scripts/doctor",
        "QuerySendStatistics",
        "dysms:QuerySendStatistics",
        (EVERYTHING,),
        DOCUMENTED,
        SMS_PAGES,
        DYSMS,
    ),
    Need(
        OPERATOR,
        "scripts/doctor",
        "GetCallerIdentity",
        None,
        (),
        DOCUMENTED,
        "help.aliyun.com GetCallerIdentity: no authorization",
    ),
)

EDITOR_NEEDS: tuple[Need, ...] = (
    Need(EDITOR, "scripts/ops lists add", "PutRow", "ots:PutRow", ("lists",), DOCUMENTED, OTS),
    Need(EDITOR, "scripts/ops lists remove", "PutRow", "ots:PutRow", ("lists",), DOCUMENTED, OTS),
    Need(
        EDITOR,
        "scripts/ops lists remove",
        "DeleteRow",
        "ots:DeleteRow",
        ("lists",),
        DOCUMENTED,
        OTS,
    ),
)

TAGGER_NEEDS: tuple[Need, ...] = tuple(
    Need(
        TAGGER,
        "scripts/ops templates",
        call,
        f"dysms:{call}",
        (EVERYTHING,),
        DOCUMENTED,
        SMS_PAGES,
        DYSMS,
    )
    for call in ("TagResources", "UntagResources")
)

ERASER_NEEDS: tuple[Need, ...] = tuple(
    Need(ERASER, "scripts/ops erase", call, f"ots:{call}", on, DOCUMENTED, OTS)
    for call, on in (
        ("GetRow", ("phones", "lists")),
        ("GetRange", ("messages", "pending", "receipts", "segments")),
        ("PutRow", ("phones",)),
        ("DeleteRow", ("phones", "lists")),
        ("BatchWriteRow", ("messages", "pending", "receipts", "segments")),
    )
)
"""Looking for a number in `pending` reads the plain numbers there."""

CALLER_NEEDS: tuple[Need, ...] = (
    Need(
        CALLER,
        "TRIGGER_AUTH=function",
        "POST /send-code, /verify-code, GET /messages",
        "fc:InvokeFunction",
        OUR_DOORS,
        ASSUMED,
        "the trigger checks a caller's signature; whether it asks RAM too is not documented",
    ),
)
