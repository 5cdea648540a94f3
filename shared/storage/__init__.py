"""Tablestore; every condition on stored state lives here."""

from shared import bundled_packages
from shared.deferred_imports import deferred_imports

try:
    with deferred_imports():
        import tablestore
except (ImportError, TypeError):  # an old protobuf, say, that was loaded before
    raise bundled_packages.wrong("tablestore") from None

bundled_packages.check(tablestore)
