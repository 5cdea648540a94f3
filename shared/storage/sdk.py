"""Load the Tablestore SDK lean, and see that it is ours; for doors to import before the rest."""

from shared import bundled_packages
from shared.deferred_imports import deferred_imports

__all__ = ["tablestore"]

try:
    with deferred_imports():
        import tablestore
except (ImportError, TypeError):  # an old protobuf, say, that was loaded before
    raise bundled_packages.wrong("tablestore") from None

bundled_packages.check(tablestore)
