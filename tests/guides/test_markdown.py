"""Markdown becomes HTML that is safe, and nobody can keep the renderer busy."""

import time
from contextlib import suppress

import pytest

from portal.errors import Invalid
from portal.markdown import Captions, Heading, Picture, Video, render


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
    assert "# *not* emphasis &lt;!-- kept --&gt;" in rendered.html
    assert rendered.text == "if a < b: # *not* emphasis <!-- kept -->"


def test_marks_the_parts_of_code_in_known_languages() -> None:
    marked = '<span class="k">if</span> a &lt; b:  <span class="c"># why</span>'
    assert marked in html("```python\nif a < b:  # why\n```")
    assert html("```\nif a\n```") == "<pre><code>if a</code></pre>"
    assert html("```nonsense\nif a\n```") == "<pre><code>if a</code></pre>"
    assert "span" not in html(f"```python\n{'if a: # b' * 600}\n```")


def test_stacks_tabs_as_sections_that_read_without_a_script() -> None:
    text = '=== "Windows"\n\n    Press *Start*.\n\n=== "Mac"\n\n    Press Cmd.\n\nThen go on.\n'
    assert html(text).replace("\n", "") == (
        '<div class="tabs"><div class="tab"><p class="tab-title">Windows</p>'
        "<p>Press <em>Start</em>.</p></div>"
        '<div class="tab"><p class="tab-title">Mac</p><p>Press Cmd.</p></div></div>'
        "<p>Then go on.</p>"
    )
    assert render(text).text.split("\n")[:3] == ["Windows", "Press Start.", "Mac"]


def test_shows_tasks_as_boxes_that_nobody_can_press() -> None:
    tasks = html("- [ ] open\n- [x] done\n\n    - [X] further in\n")
    assert tasks.count('<li class="task">') == 3
    assert '<span class="task-mark">☐</span> open' in tasks
    assert tasks.count("☑") == 2
    assert "<input" not in tasks


def test_leads_from_a_footnote_and_back() -> None:
    notes = html("Text[^a].\n\n[^a]: The *note*.\n")
    assert '<sup id="part-fnref:a"><a class="footnote-ref" href="#part-fn:a"' in notes
    assert '<li id="part-fn:a">' in notes
    assert 'href="#part-fnref:a"' in notes
    assert "The <em>note</em>." in notes


def test_says_the_kind_of_a_box_in_the_language_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    assert '<p class="admonition-title">Mine</p>' in html('!!! note "Mine"\n    x')
    monkeypatch.setattr("portal.markdown.extensions._", lambda words: f"<{words}>")
    assert '<p class="admonition-title">&lt;Tip&gt;</p>' in html("!!! tip\n    x")


def test_puts_tables_into_a_frame_that_scrolls() -> None:
    table = html("| a |\n|---|\n| b |")
    assert table.startswith('<div class="table-scroll"><table>')
    assert table.endswith("</table></div>")


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


def find(name: str) -> Picture | Video | None:
    dark = Picture("/m/1/a.dark.png", 4, 3)
    return {
        "a.png": Picture("/m/1/a.png", 4, 3, dark),
        "b.png": Picture("/m/2/b.png", 40, 30),
        "c.mp4": Video("/m/3/c.mp4", (Captions("/m/4/c.de.vtt", "de", "Deutsch"),)),
    }.get(name)


def shown(text: str) -> str:
    return render(text, media=find).html


def test_shows_a_picture_with_its_size() -> None:
    assert shown('![Words "so"](b.png "Title")') == (
        '<p><img src="/m/2/b.png" alt="Words &quot;so&quot;" title="Title" width="40" height="30" '
        'loading="lazy" decoding="async"></p>'
    )


def test_shows_another_picture_where_the_page_is_dark() -> None:
    both = shown("![A](a.png)")
    assert '<span class="pictures"><img class="only-light" src="/m/1/a.png" alt="A"' in both
    assert '<img class="only-dark" src="/m/1/a.dark.png" alt="A"' in both


def test_shows_a_video_with_captions_and_loads_no_more_than_its_beginning() -> None:
    assert shown("![The close](c.mp4)") == (
        '<p><video controls src="/m/3/c.mp4" aria-label="The close" preload="metadata">'
        '<track kind="captions" src="/m/4/c.de.vtt" srclang="de" label="Deutsch" default>'
        "</video></p>"
    )


def test_leaves_the_words_of_what_is_not_there() -> None:
    for text in ("![Words <b>](gone.png)", "![Words <b>](https://example.com/a.png)"):
        assert shown(text) == "<p>Words &lt;b&gt;</p>"
    assert shown("<img src=x onerror=alert(1) alt='\"><script>'>") == (
        "<p>&quot;&gt;&lt;script&gt;</p>"
    )


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
    "tabs": '=== "a"\n    ' * 12_000,
    "tabs side by side": '=== "a"\n\n    b\n\n' * 9_000,
    "tabs ever further in": "".join("    " * depth + '=== "a"\n\n' for depth in range(300)),
    "notes": "[^a]" * 40_000 + "\n\n[^a]: b",
    "notes defined": "[^a]: b\n" * 20_000,
    "notes in notes": "\n\n".join(f"[^{n}]: [^{n + 1}] [^{n + 1}]" for n in range(5_000)),
    "different notes": "".join(f"[^{n}]\n\n[^{n}]: b\n\n" for n in range(8_000)),
    "tasks": "- [x] a\n" * 20_000,
    "marked code": "```python\n" + "f'{" * 1_600 + "\n```\n",
    "much marked code": ("```js\n" + "/" * 4_900 + "\n```\n") * 30,
    "brackets in code": "```php\n<?php " + "/*" * 2_400 + "\n```\n",
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
