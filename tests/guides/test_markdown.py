"""Markdown becomes HTML that is safe, and nobody can keep the renderer busy."""

import time
from contextlib import suppress

import pytest

from portal.errors import Invalid
from portal.markdown import Heading, render


def html(text: str) -> str:
    return render(text).html


# What authors expect


def test_renders_tables_with_alignment_and_without_style() -> None:
    table = html("| Item | Amount |\n|---|--:|\n| Fee | 60.00 |")
    assert '<td align="right">60.00</td>' in table
    assert "style" not in table


def test_keeps_code_as_it_was_written() -> None:
    text = "```python\nif a < b:  # *not* emphasis <!-- kept -->\n```"
    rendered = render(text)
    assert "if a &lt; b:  # *not* emphasis &lt;!-- kept --&gt;" in rendered.html
    assert rendered.text == "if a < b: # *not* emphasis <!-- kept -->"


def test_keeps_code_inside_a_list_item() -> None:
    assert html("1. Do\n\n    ```\n    code\n    ```\n\n2. See").count("<ol>") == 1


def test_renders_definitions() -> None:
    assert "<dt>Accrual</dt>\n<dd>A cost without an invoice</dd>" in html(
        "Accrual\n:   A cost without an invoice"
    )


def test_renders_boxes_of_known_kinds() -> None:
    box = html('!!! wrong\n    "Costs rose."')
    assert '<div class="admonition wrong">' in box
    assert '<p class="admonition-title">Wrong</p>' in box


def test_takes_other_classes_away() -> None:
    assert html("!!! btn-danger\n    x").startswith('<div class="admonition">')
    assert html('<p class="admonition modal">x</p>') == '<p class="admonition">x</p>'


def test_does_not_mix_kinds_of_lists() -> None:
    lists = html("1. one\n2. two\n\n- a\n- b")
    assert lists.count("<ol>") == lists.count("<ul>") == 1


# Headings


@pytest.mark.parametrize("first", ["#", "##", "###"])
def test_begins_headings_at_h2_because_the_title_is_the_h1(first: str) -> None:
    rendered = render(f"{first} One\n\n{first}# Two")
    assert [heading.level for heading in rendered.headings] == [2, 3]
    assert "<h1" not in rendered.html


def test_never_goes_below_h6() -> None:
    assert [heading.level for heading in render("# a\n\n###### b").headings] == [2, 6]


def test_gives_each_heading_an_id_that_no_page_uses() -> None:
    rendered = render("## Was Sie *brauchen*\n\n## Über\n\n## Über\n\n## …")
    assert rendered.headings == (
        Heading(2, "part-was-sie-brauchen", "Was Sie brauchen"),
        Heading(2, "part-über", "Über"),
        Heading(2, "part-über-2", "Über"),
        Heading(2, "part-section", "…"),
    )


def test_lets_an_author_choose_a_headings_id() -> None:
    rendered = render("## What you need {#need}\n\n[up](#need)")
    assert rendered.headings == (Heading(2, "part-need", "What you need"),)
    assert 'href="#part-need"' in rendered.html


def test_keeps_ids_of_raw_headings_apart_too() -> None:
    raw = html('<h2 id="content">a</h2>\n\n<h2 id="content">b</h2>\n\n<p id="content">c</p>')
    assert raw.count('id="part-content"') == 1
    assert 'id="content"' not in raw


def test_makes_no_second_h1_from_raw_html() -> None:
    assert "<h1" not in html("<h1>Mine</h1>")


# Links and pictures


def test_sends_no_referrer_to_other_pages() -> None:
    link = html("[page](https://example.com)")
    assert 'rel="noopener noreferrer"' in link


def test_drops_targets() -> None:
    assert "target" not in html('<a href="https://example.com" target="_top">x</a>')


def test_lets_the_caller_say_where_links_lead() -> None:
    rendered = render("[a](a.md) ![b](b.png) <a href='c.md'>c</a>", lambda target: f"/x/{target}")
    assert 'href="/x/a.md"' in rendered.html
    assert 'src="/x/b.png"' in rendered.html
    assert 'href="/x/c.md"' in rendered.html


def test_lets_the_caller_take_a_link_away() -> None:
    assert "href" not in render("[a](a.md)", lambda target: None).html


# Hostile HTML


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<script>\n\nalert(1)\n\n</script>",
        "<ScRiPt src=//evil.example>alert(1)</sCrIpT>",
        "a <script>alert(1)",
        "<svg><script>alert(1)</script></svg>",
        "<svg onload=alert(1)>",
        "<math><mi//xlink:href='data:x,alert(1)'>alert(1)</math>",
        "<iframe src='https://evil.example'>alert(1)</iframe>",
        "<object data='x'>alert(1)</object>",
        "<style>alert(1){}</style>",
        "<template><img src=x onerror=alert(1)></template>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<img src=x onerror=alert(1)>",
        "<b onmouseover=alert(1)>x</b>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java&#115;cript:alert(1)'>x</a>",
        "<a href=' \tjava\nscript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](vbscript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](data:image/svg+xml,alert(1))",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<form action='/sign-out/everywhere'><button>alert(1)</button></form>",
        "<!-- alert(1) -->",
        "<!--\n\nalert(1)\n\n-->",
    ],
)
def test_lets_no_script_through(text: str) -> None:
    rendered = render(text)
    for forbidden in ("<script", 'alert(1)"', "onerror", "onload", "onmouseover", "style="):
        assert forbidden not in rendered.html.lower()
    for scheme in ("javascript:", "vbscript:", "data:"):
        assert f'href="{scheme}' not in rendered.html.lower()
        assert f'src="{scheme}' not in rendered.html.lower()
    assert "<form" not in rendered.html
    if text.startswith(("<script", "<!--", "<svg", "<style", "<iframe")):
        assert "alert" not in rendered.html + rendered.text


@pytest.mark.parametrize(
    "text",
    [
        "<a href='&nbsp;javascript:alert(1)'>x</a>",
        "<a href='\x85javascript:alert(1)'>x</a>",
        "<img src='\u2003data:image/svg+xml,alert(1)'>",
        "[x](&#x2003;javascript:alert(1))",
    ],
)
def test_uncovers_no_scheme_by_taking_away_the_space_before_it(text: str) -> None:
    """Without the sign before it, which browsers don't skip, the address would be another one."""
    for wrong in ('"javascript:', '"data:'):
        assert wrong not in html(text)


def test_goes_on_after_a_script() -> None:
    assert render("before\n\n<script>alert(1)</script>\n\nafter").text == "before\nafter"


def test_is_not_fooled_by_the_librarys_own_placeholders() -> None:
    text = "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 `code` \x00 <b>x</b>"
    assert "<b>x</b>" in html(text)
    assert "\x02" not in html(text)


def test_survives_half_characters() -> None:
    assert "a" in html("a \ud800 b")


# Plain text


def test_reads_plain_text_a_line_for_each_block() -> None:
    text = "## Need\n\nOne *two*\nthree &amp; `four`.\n\n- a\n- b\n\n| c |\n|---|\n| d |\n\n"
    text += "```\ne\nf\n```"
    lines = ["Need", "One two three & four.", "a", "b", "c", "d", "e", "f"]
    assert render(text).text.split("\n") == lines


# Texts made to be slow

BOMBS = {
    "quotes": ">" * 10_000 + " a",
    "spaced quotes": "> " * 10_000 + "a",
    "lists in a line": "- " * 10_000 + "a",
    "numbered lists in a line": "1. " * 10_000 + "a",
    "lists ever further in": "\n".join("    " * depth + "- a" for depth in range(300)),
    "quotes and lists": "> - " * 10_000 + "a",
    "stars": "*" * 10_000,
    "emphasis without end": "*a **b " * 10_000,
    "underscores": "_a " * 30_000,
    "brackets": "[" * 100_000,
    "pictures": "![" * 50_000,
    "links": "[a](" * 40_000,
    "references": "[a][" * 40_000,
    "angles": "<" * 100_000,
    "unfinished tags": "<a " * 60_000,
    "comments": "<!--" * 40_000,
    "sections": "<![CDATA[" * 20_000,
    "addresses": "<http://a " * 20_000,
    "nested tags": "<div>" * 30_000,
    "nested definitions": "<dl><dd>" * 20_000,
    "backticks": "``a`" * 40_000,
    "fences": "~~~\n" * 40_000,
    "headings": "#\n" * 60_000,
    "underlined headings": "a\n===\n" * 30_000,
    "attributes": "# a {#b " * 20_000,
    "table rows": "|\n" * 60_000,
    "table columns": "|" * 50_000 + "\n" + "|-" * 50_000,
    "paragraphs": "a\n\n" * 60_000,
    "backslashes": "\\" * 150_000,
    "references defined": "[a]: b\n" * 25_000,
    "boxes": "!!! note\n    " * 15_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_is_done_within_a_second_whatever_it_is_given(text: str) -> None:
    begun = time.process_time()
    with suppress(Invalid):
        render(text)
    assert time.process_time() - begun < 1


def test_renders_twelve_levels_and_refuses_more() -> None:
    assert html("> " * 12 + "deep").count("<blockquote>") == 12
    with pytest.raises(Invalid, match="deep inside each other") as refusal:
        render("> " * 14 + "too deep")
    assert refusal.value.field == "body"


def test_refuses_more_than_200_kb_of_utf8() -> None:
    with pytest.raises(Invalid, match="200 KB"):
        render("ä" * 100_001)


def test_renders_a_long_honest_text() -> None:
    section = "## Steps\n\nIn *Close > Variances*, open **one** `account`, see [this](a.md).\n\n"
    section += "1. Do\n2. See\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> Quoted.\n\n```\ncode\n```\n\n"
    assert html(section * 500).count("<table>") == 500


def test_forgets_one_text_before_the_next() -> None:
    render("[x]: https://example.com\n\n## A")
    assert html("[x]") == "<p>[x]</p>"
