"""The command `portal`: loads only what the command in hand needs."""

import gc
import importlib
import sys
from types import ModuleType

OFTEN = ("lint", "publish", "watch")
"""What authors run all day."""


def main() -> None:
    """Run the command line."""
    command = sys.argv[1:3]
    if command[:1] != ["content"]:
        name = "portal.cli"
    elif command[-1] in OFTEN:
        name = "portal.content_cli"
    else:
        name = "portal.import_cli"
    _load(name).main()


def _load(name: str) -> ModuleType:
    # What is loaded lives until the end: to look for garbage among it takes a tenth of the time.
    gc.disable()
    module = importlib.import_module(name)
    gc.freeze()
    gc.enable()
    return module


if __name__ == "__main__":
    main()
