"""The command `portal`: loads only what the command in hand needs."""

import importlib
import sys


def main() -> None:
    """Run the command line."""
    name = "portal.content_cli" if sys.argv[1:2] == ["content"] else "portal.cli"
    importlib.import_module(name).main()


if __name__ == "__main__":
    main()
