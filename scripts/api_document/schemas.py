"""Turn the models into schemas of OpenAPI 3.0, which is what Alibaba's gateways import."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from scripts.api_document.texts import TEXTS, Text
from shared.problems import PROBLEMS

Schema = dict[str, Any]

_FORMATS = {"sent_at": "date-time", "reported_at": "date-time"}


def request_schema(model: type[BaseModel]) -> Schema:
    """Return a request body's schema; no field is taken that it does not name."""
    # Serialization: the other mode leaves out what stands behind a model's own normalisation.
    found = model.model_json_schema(mode="serialization")
    return {
        "type": "object",
        "additionalProperties": False,
        "required": found["required"],
        "properties": _properties(model.__name__, found["properties"]),
    }


def response_schema(model: type[BaseModel]) -> Schema:
    """Return an answer's schema; every field of it is always there."""
    properties = model.model_json_schema(mode="serialization")["properties"]
    return {
        "type": "object",
        "required": list(properties),
        "properties": _properties(model.__name__, properties),
    }


def problem_schema() -> Schema:
    """Return the schema of every refusal (RFC 9457), as shared/problems.py writes it."""
    plain: Schema = {
        "status": {"type": "integer", "enum": sorted({p.status for p in PROBLEMS.values()})},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": list(PROBLEMS)},
        "request_id": {"type": "string"},
        "retry_after": {"type": "integer", "minimum": 1},
    }
    return {
        "type": "object",
        "required": [name for name in plain if name != "retry_after"],
        "properties": _properties("Problem", plain),
    }


def _properties(model: str, properties: Schema) -> Schema:
    texts = TEXTS[model]
    if set(texts) != set(properties):
        odd = ", ".join(sorted(set(texts) ^ set(properties)))
        raise LookupError(f"scripts/api_document/texts.py and {model} differ in: {odd}")
    return {name: _described(name, found, texts[name]) for name, found in properties.items()}


def _described(name: str, found: Schema, text: Text) -> Schema:
    schema = _as_3_0(found)
    if name in _FORMATS:
        schema["format"] = _FORMATS[name]
    if text.example is not None:
        schema["example"] = text.example
    return {**schema, "description": text.description}


def _as_3_0(found: Schema) -> Schema:
    """Say in OpenAPI 3.0 what JSON Schema 2020-12 says: no type null there, and no const."""
    schema = {name: value for name, value in found.items() if name not in ("title", "default")}
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if "anyOf" not in schema:
        return schema
    choices = schema.pop("anyOf")
    (one,) = (choice for choice in choices if choice != {"type": "null"})
    return {**schema, **one, **({"nullable": True} if len(choices) > 1 else {})}
