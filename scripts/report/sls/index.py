"""The index of the logstore: our text, and the fields of Function Compute's own metrics.

Form: help.aliyun.com create_index [V]. An index that is written replaces the one there is, so the
metrics' fields, which the monitoring pages of Function Compute read, are in it: their names are
those of public Terraform samples for Function Compute [3P].
"""

from __future__ import annotations

from typing import Any

DELIMITERS = (",", " ", "'", '"', ";", "=", "(", ")", "[", "]", "{", "}", "?", "@", "&", "<", ">",
              "/", ":", "\n", "\t", "\r")  # fmt: skip
LONGEST_TEXT = 16_384
"""Bytes of a field that SQL sees; 2,048 unless told, and a block of lines may be longer [V]."""

_TEXTS = ("qualifier", "serviceName", "versionId", "operation", "instanceID", "hostname",
          "ipAddress", "isColdStart", "hasFunctionError", "errorType", "triggerType")  # fmt: skip
_WHOLE = ("aggPeriodSeconds", "concurrentRequests", "rxBytes", "rxTotalBytes", "txBytes",
          "txTotalBytes", "statusCode")  # fmt: skip
_NUMBERS = ("cpuPercent", "cpuQuotaPercent", "durationMs", "memoryLimitMB", "memoryUsageMB",
            "memoryUsagePercent")  # fmt: skip


def index() -> dict[str, Any]:
    """Return the index."""
    text = {"type": "text", "doc_value": True, "chn": False, "token": list(DELIMITERS)}
    keys: dict[str, dict[str, Any]] = {
        "message": {**text, "caseSensitive": False, "alias": ""},
        "functionName": {**text, "caseSensitive": True, "alias": ""},
    }
    keys |= {name: {**text, "caseSensitive": False, "alias": ""} for name in _TEXTS}
    keys |= {name: {"type": "long", "doc_value": True, "alias": ""} for name in _WHOLE}
    keys |= {name: {"type": "double", "doc_value": True, "alias": ""} for name in _NUMBERS}
    return {
        "line": {"token": list(DELIMITERS), "caseSensitive": False, "chn": False},
        "keys": keys,
        "max_text_len": LONGEST_TEXT,
        "log_reduce": False,
    }
