"""What is asked of every page: no barriers, room on a phone, a focus that can be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

PHONES = (390, 320)
"""Widths in CSS pixels; the second is also a wide screen at 400 %."""

EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""All that differs between light and dark: the page itself is the same."""

WIDER_THAN_THE_SCREEN = """(width) => {
  const root = document.documentElement;
  if (root.scrollWidth <= width) { return []; }
  const wide = Array.from(document.body.querySelectorAll("*")).filter(
    (element) => element.getBoundingClientRect().right > width + 0.5
  );
  const names = wide.slice(-3).map((element) => element.outerHTML.slice(0, 80));
  return [`${width} px: scrolls to ${root.scrollWidth} px: ${names.join(" | ")}`];
}"""

SMALL_TARGETS = """() => {
  const controls = "button, .btn, summary, select, textarea, .menu-item, .site-nav a, .back a,"
    + " .check, .choice, .step-title, .toc a, .main-cell a, .list-row-title,"
    + " input:not([type=hidden], [type=checkbox], [type=radio])";
  return Array.from(document.querySelectorAll(controls))
    .filter((control) => control.checkVisibility() && control.getClientRects().length)
    .map((control) => [control.getBoundingClientRect(), control])
    .filter(([box]) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
    .map(([box, control]) =>
      `${Math.round(box.width)} × ${Math.round(box.height)} px: ${control.outerHTML.slice(0, 90)}`);
}"""


def barriers(page: Page) -> list[str]:
    """What axe finds in light and in dark."""
    page.evaluate(AXE_SCRIPT)
    found = [*_barriers(page, "dark", COLOURS), *_barriers(page, "light", EVERYTHING)]
    page.emulate_media(color_scheme="null")
    return found


def _barriers(page: Page, scheme: Literal["light", "dark"], rules: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [
        f"{scheme}: {violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def on_a_phone(page: Page, width: int) -> list[str]:
    """What does not fit a phone of this width, or is too small for a finger."""
    with phone(page, width):
        return [*page.evaluate(WIDER_THAN_THE_SCREEN, width), *page.evaluate(SMALL_TARGETS)]


@contextmanager
def phone(page: Page, width: int) -> Iterator[None]:
    """The page as a phone shows it; a page on a large screen again afterwards."""
    devtools = page.context.new_cdp_session(page)
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    yield
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    devtools.detach()
    if before:
        page.set_viewport_size(before)
