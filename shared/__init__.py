"""The product."""

from shared import bundled_packages

bundled_packages.prefer()
