"""A mail server for the guards, as the messages' own tests have it."""

from tests.messages.conftest import mail, mail_server

__all__ = ["mail", "mail_server"]
