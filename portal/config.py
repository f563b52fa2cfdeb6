"""Settings: the only reader of the environment.

Every setting is an environment variable `WAYMARK_<NAME>`; the README lists each with its default.
"""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal import keys

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What may differ between two installations; read once at the start and never changed."""

    model_config = SettingsConfigDict(env_prefix="WAYMARK_", frozen=True, extra="ignore")

    instance_dir: Path = ROOT / "instance"
    """Folder of the embedded database, the secret key and other state."""
    content_dir: Path = ROOT / "content"
    """Folder of the Markdown files that are published."""
    database_url: str = ""
    """SQLAlchemy URL; empty means the embedded SQLite database in the instance folder."""
    base_url: str = ""
    """Address under which people reach the portal; empty means http://HOST:PORT."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8000, ge=1, le=65535)
    """Port to listen on."""
    web_processes: int = Field(default=2, ge=1, le=64)
    """Web processes to start."""
    web_threads: int = Field(default=4, ge=1, le=64)
    """Threads of each web process."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """Reverse proxies in front whose X-Forwarded-* headers are believed."""
    smtp_host: str = ""
    """Mail server; empty means that no mail is sent and links are shown to those who made them."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Port of the mail server."""
    smtp_user: str = ""
    """User name at the mail server; empty means no sign-in there."""
    smtp_password: str = Field(default="", repr=False)
    """Password at the mail server."""
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    """How the connection to the mail server is protected."""
    mail_from: str = "Waymark <waymark@localhost.localdomain>"
    """Sender of every mail; a customer's name is shown before the one given here."""
    reply_to: str = ""
    """Mailbox that a person reads: the Reply-To of mails, but for what a success manager or owner
    caused for their own people; empty means the sender's."""
    session_days: int = Field(default=30, ge=1, le=365)
    """Days until someone must sign in again."""
    link_minutes: int = Field(default=30, ge=5, le=1440)
    """Minutes for which a mailed sign-in link works."""
    invitation_days: int = Field(default=14, ge=1, le=90)
    """Days for which an invitation works."""
    contact_days: int = Field(default=30, ge=1, le=365)
    """Rolling number of days in which questions and success messages to a person are counted."""
    contact_questions: int = Field(default=2, ge=0, le=100)
    """Questions that one person is asked by mail in these days at most."""
    contact_success_messages: int = Field(default=4, ge=0, le=100)
    """Messages about their success that one person is sent in these days at most."""
    erasure_days: int = Field(default=7, ge=0, le=25)
    """Days between asking to be erased and being erased, in which it can be undone."""
    export_days: int = Field(default=7, ge=1, le=90)
    """Days for which a file with everything stored about somebody can be fetched."""
    keep_answers_months: int = Field(default=24, ge=1, le=120)
    """Months after which answers lose their names, or go where too few others gave any."""
    keep_messages_months: int = Field(default=12, ge=1, le=120)
    """Months after which messages are deleted."""
    keep_help_months: int = Field(default=24, ge=1, le=120)
    """Months after the last word of a question until it and its answers are deleted."""
    keep_looks_months: int = Field(default=24, ge=1, le=120)
    """Months after which is deleted when the vendor's staff read whose name."""
    keep_audit_months: int = Field(default=24, ge=1, le=120)
    """Months after which lines of the audit log are deleted."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is logged."""
    log_format: Literal["console", "json"] = "console"
    """Shape of a log line."""

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.instance_dir / 'waymark.db'}"

    @cached_property
    def public_url(self) -> str:
        """The address written into links, without a slash at its end."""
        if self.base_url:
            return self.base_url.rstrip("/")
        # A command in another window knows no `--port`: what runs has left its address here.
        is_said = bool(self.model_fields_set & {"host", "port"})
        if not is_said and self.address_file.exists():
            return self.address_file.read_text().strip()
        return f"http://{self.host}:{self.port}"

    @property
    def address_file(self) -> Path:
        """File with the address at which the portal was last served from this folder."""
        return self.instance_dir / "address"

    def note_address(self) -> None:
        """Leave the address of the portal that starts for the commands of other windows."""
        self.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.address_file.write_text(f"http://{self.host}:{self.port}\n")

    @property
    def exports_dir(self) -> Path:
        """Folder of the files with everything stored about somebody."""
        return self.instance_dir / "exports"

    @property
    def media_dir(self) -> Path:
        """Folder of the files that people uploaded."""
        return self.instance_dir / "media"

    @property
    def secret_key_file(self) -> Path:
        """File with the signing keys: see `portal.keys`."""
        return self.instance_dir / "secret_key"

    @cached_property
    def secret_keys(self) -> tuple[str, ...]:
        """The signing keys: the first signs, all are accepted. The first call makes the file."""
        return keys.read(self.secret_key_file)


def load_settings() -> Settings:
    """Read the settings from the environment; pydantic's ValidationError names what is wrong."""
    return Settings()
