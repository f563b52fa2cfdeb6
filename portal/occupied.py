"""Whether the portal runs from an instance folder: what replaces its data must not, meanwhile."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from portal.config import Settings
from portal.errors import PortalError


class Occupied(PortalError):
    """The portal runs, or is being restored."""


@contextmanager
def shared(settings: Settings) -> Iterator[None]:
    """Run from the folder, beside others. Children keep it taken as long as they live."""
    with _lock(settings, fcntl.LOCK_SH, "This portal is being restored. Wait until it is done."):
        yield


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Have the folder alone. Raises Occupied while a web process or a worker runs from it."""
    with _lock(settings, fcntl.LOCK_EX, "The portal runs from this folder: stop it first."):
        yield


@contextmanager
def _lock(settings: Settings, kind: int, refusal: str) -> Iterator[None]:
    settings.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The system lets go when the last process that holds it ends, however it ends.
    with (settings.instance_dir / "running").open("w") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(refusal) from None
        yield
