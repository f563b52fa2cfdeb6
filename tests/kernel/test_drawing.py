"""A PDF is drawn from the document alone."""

import socket
from pathlib import Path

from portal.drawing import html_to_pdf


def test_it_draws_a_document_with_an_image_of_its_own() -> None:
    pixel = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    pdf = html_to_pdf(f'<h1>After this you can …</h1><img src="{pixel}">')
    assert pdf.startswith(b"%PDF")


def test_it_reads_no_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for readers")
    pdf = html_to_pdf(f'<link rel="attachment" href="{secret.as_uri()}"><p>Hello</p>')
    assert b"EmbeddedFile" not in pdf


def test_it_asks_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        html_to_pdf(f'<img src="http://127.0.0.1:{port}/seen.png"><p>Hello</p>')
        try:
            connection, _ = server.accept()
        except TimeoutError:
            return
        connection.close()
        raise AssertionError("the drawing connected to a server")
