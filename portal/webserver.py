"""Gunicorn, told what the settings say, on a socket that is opened first."""

import http.client
import logging
import os
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from portal.config import Settings
from portal.errors import PortalError
from portal.lifeline import Lifeline

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger(__name__)

AppFactory = Callable[[Settings], "WSGIApplication"]

GRACE_SECONDS = 20
"""How long a request in hand may take to end after SIGTERM."""


class CannotListen(PortalError):
    """The address is taken or not ours; the message says so in one line."""


def listen(settings: Settings) -> socket.socket:
    """Take the port. Raises CannotListen; called before anything slow is done for nothing."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        dual = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        return socket.create_server(address, family=family, backlog=1024, dualstack_ipv6=dual)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise CannotListen(f"Cannot listen on {host}, port {port}: {reason}.") from error


def answers(listener: socket.socket) -> bool:
    """Whether the portal answers a request that came through its own door."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run_web(settings: Settings, listener: socket.socket, app_factory: AppFactory) -> None:
    """Run the web server alone, in this process and its workers. Ends with SystemExit."""
    WebServer(settings, listener, app_factory, None).run()


class WebServer(BaseApplication):
    """Gunicorn on a socket that is already open, configured by the settings alone."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        app_factory: AppFactory,
        lifeline: Lifeline | None,
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._app_factory = app_factory
        self._lifeline = lifeline
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            # Gunicorn closes the descriptor it is given.
            "bind": f"fd://{os.dup(self._listener.fileno())}",
            "worker_class": "gthread",
            "workers": self._settings.web_processes,
            "threads": self._settings.web_threads,
            "preload_app": True,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            # Who is believed about X-Forwarded-* is the portal's own setting.
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "logger_class": _Log,
            "loglevel": "warning",
            "when_ready": self._when_ready,
            "post_fork": self._post_fork,
            "post_worker_init": self._post_worker_init,
            "child_exit": self._child_exit,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app_factory(self._settings)

    def _when_ready(self, _master: object) -> None:
        # Gunicorn drops the requests in hand on SIGINT and reloads on SIGHUP.
        signal.signal(signal.SIGINT, _as_sigterm)
        signal.signal(signal.SIGHUP, signal.SIG_IGN if self._lifeline else _as_sigterm)

    def _post_fork(self, _master: object, _worker: object) -> None:
        if self._lifeline:
            self._lifeline.end_with_supervisor()

    def _post_worker_init(self, _worker: object) -> None:
        # A terminal sends these to the whole group; the master decides what they mean.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _child_exit(self, _master: object, _worker: object) -> None:
        # The workers end with the supervisor and so tell the master, which has no watching thread.
        if self._lifeline and os.getppid() != self._lifeline.supervisor:
            os._exit(1)


class _Log(Logger):
    """Gunicorn's own lines go where the portal's go; requests are logged by the portal."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = [_ToPortalLog()]


class _ToPortalLog(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, "gunicorn", said=record.getMessage(), exc_info=record.exc_info)


def _as_sigterm(_number: int, _frame: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
