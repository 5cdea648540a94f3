"""The schema of the component fc3, where this machine has it, held against s.yaml.

It belongs to devsapp/fc3 (src/schema.json) and comes with the component, from the registry of
Serverless Devs; no package of npm or PyPI has it, and it is not ours to copy. So it is looked for
beside the repository (../shared/fc3.schema.json) or at FC3_SCHEMA, and where there is none, the
model in fc3.py, which is stricter for what s.yaml uses, is the check.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from tests.deploy.serverless_devs import ROOT

TRIGGERS = {"http": "IHttpTriggerConfig", "timer": "ITimerTriggerConfig"}


def find() -> Path | None:
    """Return where the schema lies, if it does."""
    for place in (os.environ.get("FC3_SCHEMA"), ROOT.parent / "shared" / "fc3.schema.json"):
        if place and Path(place).is_file():
            return Path(place)
    return None


def schema_complaints(schema: dict[str, Any], properties: dict[str, Any]) -> list[str]:
    """Return what the schema refuses in a function, each trigger by its own definition."""
    found = [error.message for error in Draft7Validator(schema).iter_errors(properties)]
    found += _unknown(properties, schema["properties"])
    for trigger in properties.get("triggers", []):
        found += _unknown(trigger, schema["definitions"]["ITrigger"]["properties"])
        name = TRIGGERS.get(trigger["triggerType"])
        if name is None:
            found.append(f"no definition is known for {trigger['triggerType']}")
            continue
        config = trigger["triggerConfig"]
        definition = {**schema["definitions"][name], "definitions": schema["definitions"]}
        found += [error.message for error in Draft7Validator(definition).iter_errors(config)]
        found += _unknown(config, definition["properties"])
    return found


def _unknown(given: dict[str, Any], known: dict[str, Any]) -> list[str]:
    """The schema allows additional properties everywhere, so a misspelt one would pass."""
    return [f"{name} is unknown" for name in given if name not in known]
