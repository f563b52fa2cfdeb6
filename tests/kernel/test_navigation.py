"""The navigation stands in one row; what finds no room there stands in a menu."""

import re
from pathlib import Path

from portal.config import ROOT
from portal.web.navigation import NARROWEST, WIDEST, widths

SUCCESS_MANAGER = ["Today", "Home", "Overview", "People", "Help", "Kits"]


def test_what_fits_the_smallest_phone_never_moves() -> None:
    assert widths(["Home", "Help"], "More") == [None, None]
    assert widths(SUCCESS_MANAGER, "More")[:2] == [None, None]


def test_the_first_stay_longest() -> None:
    found = [width or 0 for width in widths(SUCCESS_MANAGER, "More")]
    assert found == sorted(found)
    assert found[2] > NARROWEST


def test_where_all_fit_the_menu_needs_no_room() -> None:
    found = widths(SUCCESS_MANAGER, "More")
    assert found[-2] == found[-1]
    assert widths([*SUCCESS_MANAGER, "Audit log"], "More")[-1] > found[-1]


def test_the_style_sheet_has_a_rule_for_each_width() -> None:
    css = Path(ROOT / "static/css/portal.css").read_text()
    rules = re.findall(
        r"@container site-nav \(min-width: (\d+)rem\) \{\s+\.from-(\d+) [^}]+\}\s+\.until-(\d+) ",
        css,
    )
    assert rules == [(str(n),) * 3 for n in range(NARROWEST + 1, WIDEST + 1)]
