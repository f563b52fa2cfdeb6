"""Errors in words for people. Services raise them; pages, commands and jobs show them."""


class PortalError(Exception):
    """An error whose message may be shown to the person who caused it."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(PortalError):
    """There is no such thing, or it belongs to someone else (a stranger learns no difference)."""


class NotAllowed(PortalError):
    """The person's roles do not permit this at all."""


class Conflict(PortalError):
    """Someone else was faster, or the thing is no longer in the state that this needs."""


class Invalid(PortalError):
    """Input that must be mended; `field` names where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class TooMany(PortalError):
    """Too many attempts; `retry_after` is in seconds."""

    def __init__(self, retry_after: int, message: str = "") -> None:
        super().__init__(message)
        self.retry_after = retry_after
