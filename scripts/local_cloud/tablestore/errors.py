"""Every error the Tablestore stand-in can answer, with the service's code, HTTP status and text.

Codes, statuses and texts: Tablestore documentation, "Error codes"; where that page and the
assertions of Alibaba's own client tests differ in punctuation, the tests are followed.
"""

from __future__ import annotations

HTTP_STATUS: dict[str, int] = {
    "OTSAuthFailed": 403,
    "OTSCapacityUnitExhausted": 403,
    "OTSConditionCheckFail": 403,
    "OTSFlowControl": 429,
    "OTSInternalServerError": 500,
    "OTSInvalidPK": 400,
    "OTSMethodNotAllowed": 405,
    "OTSNoPermissionAccess": 403,
    "OTSNotEnoughCapacityUnit": 403,
    "OTSObjectAlreadyExist": 409,
    "OTSObjectNotExist": 404,
    "OTSOperationConflict": 409,
    "OTSOperationThrottled": 403,
    "OTSOutOfColumnCountLimit": 400,
    "OTSOutOfRowSizeLimit": 400,
    "OTSParameterInvalid": 400,
    "OTSPartitionUnavailable": 503,
    "OTSQuotaExhausted": 403,
    "OTSRequestBodyTooLarge": 413,
    "OTSRequestTimeout": 408,
    "OTSRowOperationConflict": 409,
    "OTSServerBusy": 503,
    "OTSServerUnavailable": 503,
    "OTSTableNotReady": 404,
    "OTSTimeout": 503,
    "OTSTooFrequentReservedThroughputAdjustment": 403,
}

DEFAULT_MESSAGE: dict[str, str] = {
    "OTSCapacityUnitExhausted": "Capacity unit is not enough.",
    "OTSConditionCheckFail": "Condition check failed.",
    "OTSFlowControl": "The requests have been throttled.",
    "OTSInternalServerError": "Internal server error.",
    "OTSNotEnoughCapacityUnit": "Remaining capacity unit is not enough.",
    "OTSObjectAlreadyExist": "Requested table already exists.",
    "OTSObjectNotExist": "Requested table does not exist.",
    "OTSPartitionUnavailable": "The partition is not available.",
    "OTSQuotaExhausted": "Too frequent table operations.",
    "OTSRequestTimeout": "Request timeout.",
    "OTSRowOperationConflict": "Data is being modified by the other request.",
    "OTSServerBusy": "Server is busy.",
    "OTSServerUnavailable": "Server is not available.",
    "OTSTableNotReady": "The table is not ready.",
    "OTSTimeout": "Operation timeout.",
    "OTSTooFrequentReservedThroughputAdjustment": "Capacity unit adjustment is too frequent.",
}


class OTSError(Exception):
    """One error answer; `code` decides the HTTP status."""

    def __init__(self, code: str, message: str | None = None) -> None:
        self.code = code
        self.message = message or DEFAULT_MESSAGE.get(code, code)
        self.status = HTTP_STATUS.get(code, 500)
        super().__init__(f"{self.code}: {self.message}")


def invalid(message: str) -> OTSError:
    """Say that a parameter of the request is invalid (HTTP 400)."""
    return OTSError("OTSParameterInvalid", message)


def condition_failed() -> OTSError:
    """Say that the row's existence or a column condition did not hold (HTTP 403)."""
    return OTSError("OTSConditionCheckFail")
