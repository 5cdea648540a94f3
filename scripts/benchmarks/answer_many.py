"""Import a door and answer what standard input brings, for `memory`. Run from the bundle.

usage: python answer_many.py HANDLER      then lines such as {"callers": 16, "events": ["..."]}

After each line it prints how much memory it holds (KB), and which status came how often.
"""

import gc
import importlib
import json
import resource
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def main(handler: str) -> None:
    """Answer until the input ends."""
    module, _, function = handler.partition(".")
    answer = getattr(importlib.import_module(module), function)
    for line in sys.stdin:
        wish = json.loads(line)
        with ThreadPoolExecutor(wish["callers"]) as callers:
            answers = list(callers.map(lambda event: answer(event.encode(), None), wish["events"]))
        seen = Counter(str(one.get("statusCode", one.get("outcome"))) for one in answers)
        del answers
        gc.collect()  # so that what grows is what is held, not what waits to be thrown away
        print(f"RESIDENT {json.dumps({'kilobytes': _resident(), 'seen': seen})}", flush=True)


def _resident() -> int:
    """Return the memory in use; the most that ever was where the system tells no more."""
    told = Path("/proc/self/status")
    if told.is_file():
        return int(told.read_text().partition("VmRSS:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(*sys.argv[1:])
