"""Settings of a portal that sends mail; nobody listens there unless a test starts a server."""

from portal.messages.policy import Limits
from portal.messages.service import MailSettings

MAIL = MailSettings(
    host="127.0.0.1",
    port=25,
    user="",
    password="",
    security="none",
    sender="Tallybrook <portal@tallybrook.example>",
    reply_to="help@tallybrook.example",
    portal_url="http://portal.example",
    limits=Limits(),
    keys=("a key of the tests",),
)
