"""A portal that answers before it has saved: the fault that the kill test must find.

python -m tests.kills.early PORT
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from portal import serve, webserver, worker
from portal.app import create_app
from portal.config import Settings, load_settings

DELAY_SECONDS = 0.3


class EarlyReply:
    """Says "saved" to each post at once, and saves a moment later."""

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        later = {**environ, "wsgi.input": BytesIO(body)}
        threading.Thread(target=self._save, args=(later,), daemon=True).start()
        start("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return [b""]

    def _save(self, environ: dict[str, Any]) -> None:
        time.sleep(DELAY_SECONDS)
        for _ in self._app(environ, lambda *_args: None):
            pass


if __name__ == "__main__":
    chosen = load_settings().model_copy(update={"port": int(sys.argv[1])})
    code = serve.run(
        chosen,
        webserver.listen(chosen),
        app_factory=EarlyReply,
        work=worker.run,
        on_ready=lambda: None,
    )
    sys.exit(code)
