"""Import a door, hand it one event, and print what it answers. Run from the bundle, for `cold`.

usage: python first_answer.py HANDLER EVENT      such as send_code.handler '{"httpMethod": ...}'
"""

import importlib
import json
import sys


def main(handler: str, event: str) -> None:
    """Do what Function Compute does at a cold start."""
    module, _, function = handler.partition(".")
    answer = getattr(importlib.import_module(module), function)(event.encode(), None)
    print(f"ANSWER {json.dumps(answer)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
