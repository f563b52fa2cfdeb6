"""The command `portal`: loads only what the command in hand needs."""

import importlib
import sys

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
    importlib.import_module(name).main()


if __name__ == "__main__":
    main()
