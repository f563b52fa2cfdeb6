"""A video stands in the text with its own ratio."""

import pytest
from playwright.sync_api import Browser, Page

from portal.config import ROOT

pytestmark = pytest.mark.browser

SHOW = """
<div class="prose"><video controls preload="metadata" {size}></video></div>
"""
RECORD = """
async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 90;
  canvas.height = 120;
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  for (let n = 0; n < 10; n += 1) {
    pen.fillRect(0, 0, n * 9, 120);
    await new Promise((go) => setTimeout(go, 30));
  }
  await new Promise((go) => { recorder.onstop = go; recorder.stop(); });
  const video = document.querySelector("video");
  video.src = URL.createObjectURL(new Blob(parts, { type: "video/webm" }));
  await new Promise((go, stop) => { video.onloadedmetadata = go; video.onerror = stop; });
}
"""
"""Shows a small upright video that the browser makes itself."""


def shown(chromium: Browser, size: str = "") -> Page:
    page = chromium.new_page(viewport={"width": 400, "height": 900})
    page.set_content(SHOW.format(size=size))
    page.add_style_tag(path=ROOT / "static/css/portal.css")
    return page


def ratio(page: Page) -> float:
    box = page.locator("video").bounding_box()
    assert box
    return round(box["width"] / box["height"], 2)


def test_its_own_ratio_decides_and_16_to_9_until_it_is_known(chromium: Browser) -> None:
    page = shown(chromium)
    assert ratio(page) == 1.78
    page.evaluate(RECORD)
    assert ratio(page) == 0.75
    page.close()


def test_nothing_jumps_where_its_size_is_said(chromium: Browser) -> None:
    page = shown(chromium, 'width="90" height="120"')
    assert ratio(page) == 0.75
    page.evaluate(RECORD)
    assert ratio(page) == 0.75
    page.close()
