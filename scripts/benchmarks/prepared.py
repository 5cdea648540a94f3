"""A bundle whose doors can be started cold before a local cloud with empty tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from scripts.benchmarks.bundles import built, plain, python
from scripts.benchmarks.cold import RECEIPT_SECRET, ColdStarts
from scripts.benchmarks.workload import SETTINGS, environment_kept
from scripts.local_cloud.apart import CloudApart
from shared import wiring
from shared.storage.bootstrap import bootstrap


@contextmanager
def cold_starts(version: str) -> Iterator[ColdStarts]:
    """Build the bundle for a version of Python and start a cloud for it."""
    code, packages = built(version) / "code", plain(version)
    cloud = CloudApart.start("--no-reports")
    try:
        with environment_kept():
            os.environ.update(cloud.environment)
            client, prefix = wiring.store_client()
            bootstrap(client, prefix, say=lambda _: None)
        settings = {**SETTINGS, "RECEIPT_SECRETS": RECEIPT_SECRET}
        yield ColdStarts(python(version), code, packages, cloud, settings)
    finally:
        cloud.stop()
