"""HTML → PDF. The worker draws; a web process never waits for it."""

from weasyprint import HTML
from weasyprint.urls import URLFetcher


def html_to_pdf(html: str) -> bytes:
    """Draw a complete HTML document as a PDF.

    The document carries everything it shows, images and fonts as `data:` URLs: nothing else is
    fetched, neither from the network nor from this machine's files. What can't be fetched is left
    out.
    """
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    pdf: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf()
    return pdf
