"""Tablestore over the wire. See README.md beside this file for what it does not check."""

import logging

logging.getLogger("tablestore").setLevel(logging.ERROR)  # it misses a codec that nobody needs here
