"""What the views of paths share."""

from flask import Blueprint, url_for

bp = Blueprint("paths", __name__)


def onward_from(slug: str, on_path: bool) -> str:
    """From a step of the path to the next one; from any other guide back to it."""
    return url_for(".home") if on_path else url_for(".guide", slug=slug)
