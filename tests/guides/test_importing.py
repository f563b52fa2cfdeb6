"""Importing foreign files: what one reads stays, nothing is replaced, what is missing is said."""

import re
from pathlib import Path

import pytest
import yaml
from PIL import Image

from portal.errors import Invalid
from portal.guides.content import read_drafts
from portal.guides.importing.folder import ImportReport, import_folder
from portal.guides.rendering import Renderer


class Importer:
    """A foreign folder and a content folder beside it."""

    def __init__(self, root: Path) -> None:
        self.foreign, self.content = root / "foreign", root / "content"
        self.foreign.mkdir()
        self.report = ImportReport()

    def file(self, name: str, text: str | bytes) -> None:
        path = self.foreign / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def run(self) -> dict[str, str]:
        """Import, and hand out the drafts by name."""
        self.report = import_folder(self.foreign, self.content)
        return {path.stem: path.read_text() for path in (self.content / "drafts").glob("*.md")}

    def body(self, text: str | bytes, name: str = "a.md") -> str:
        self.file(name, text)
        (draft,) = self.run().values()
        return draft.split("---\n", 2)[2].strip()

    def html(self, text: str) -> str:
        return Renderer(self.content).render(self.body(text), "en").rendered.html


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def test_takes_the_title_and_leaves_the_rest_to_fill_in(importer: Importer) -> None:
    importer.file("Close the Month.md", "# Close *the* month\n\nFirst, look.\n\n## Steps\n")
    draft = importer.run()["close-the-month"]
    front = yaml.safe_load(draft.split("---\n")[1])
    assert front["title"] == "Close the month"
    assert front["draft"] is True
    assert front["purpose"] is None
    assert draft.endswith("First, look.\n\n## Steps\n")
    problems = read_drafts(importer.content).problems
    assert {problem.severity for problem in problems} == {"warning"}
    assert "“purpose” is missing." in {problem.what for problem in problems}


def test_takes_the_title_of_foreign_front_matter(importer: Importer) -> None:
    importer.file("a.md", "---\nlayout: page\ntitle: 'Of others'\n---\nText\n")
    draft = importer.run()["a"]
    assert "title: Of others" in draft
    assert "layout" not in draft


def test_is_no_different_when_it_runs_again(importer: Importer) -> None:
    importer.file("a.md", "# A\n\nText\n")
    importer.run()
    draft = importer.content / "drafts/a.md"
    draft.write_text("mine now")
    importer.run()
    assert draft.read_text() == "mine now"
    assert importer.report.taken == 0
    assert (
        importer.report.files[0].refused
        == "content/drafts/a.md is there already and was left alone"
    )


def test_takes_no_name_of_a_guide(importer: Importer) -> None:
    (importer.content / "guides").mkdir(parents=True)
    (importer.content / "guides/a.md").write_text("published")
    importer.file("a.md", "# A\n")
    assert importer.run() == {}


def test_names_files_of_the_same_name_by_their_folder(importer: Importer) -> None:
    for name in ("a/index.md", "b/index.md", "b/Über uns.md", "ü/README.md", "c/b.md", "日本.md"):
        importer.file(name, "# T\n\nText\n")
    assert importer.run().keys() == {"a", "b", "uber-uns", "u", "c-b", "page"}


# What one reads


def test_indents_lists_as_they_are_read_here(importer: Importer) -> None:
    html = importer.html(
        "1. one\n   - two\n\n     more\n   - three\n2. four\n\n   ```sh\n   ls\n   ```\n"
    )
    assert html.count("<ol>") == html.count("<ul>") == 1
    assert html.count("<li>") == 4
    assert "<pre><code>ls</code></pre>" in html


@pytest.mark.parametrize(
    "text",
    [
        r"a\*b\*c and snake_case_name and \_x\_ and 2 * 3 * 4",
        r"\# no title",
        r"1\. no list",
        r"\- no list",
        r"a &lt;b&gt; &amp;amp; c",
        r"\[no link\](x) and \[^1] and \`no code\`",
        r"back\slash and \\ two",
        r"\!!! note",
        'x\n\\=== "Tab"',
        r"a | b",
    ],
)
def test_keeps_signs_that_mean_nothing(importer: Importer, text: str) -> None:
    assert importer.html(f"{text}\n").startswith("<p>")
    for tag in ("<em>", "<h2>", "<li>", "<a ", "<code>", "<div", "<sup"):
        assert tag not in importer.html(text)


def test_keeps_tables_boxes_and_tasks(importer: Importer) -> None:
    text = "| a | b |\n|---|---|\n| `x\\|y` | 2 \\| 3 |\n\n> [!TIP]\n> Look *here*.\n\n- [x] done\n"
    text += '\n!!! warning "Mind"\n    The gap.\n\n:::note[Mine]\nOurs.\n:::\n'
    html = importer.html(text)
    assert "<td><code>x|y</code></td>\n<td>2 | 3</td>" in html
    assert '<div class="admonition tip">' in html
    assert '<p class="admonition-title">Mind</p>\n<p>The gap.</p>' in html
    assert '<p class="admonition-title">Mine</p>' in html
    assert '<li class="task">' in html


def test_takes_html_and_what_is_in_its_main_part(importer: Importer) -> None:
    page = "<html><head><title>T</title></head><body><nav>Menu</nav><main><h1>Close</h1>"
    page += "<p>Press <b>Go</b>.<script>x()</script></p><ol start=3><li>Three</ol></main></body>"
    assert importer.body(page, "a.html") == "Press **Go**.\n\n3. Three"
    assert importer.report.files[0].to_mend == ["<script> is left out"]


@pytest.mark.parametrize(
    ("page", "markdown"),
    [
        ("<ol><li>One<li>Two<li>Three</ol><p>Then", "1. One\n2. Two\n3. Three\n\nThen"),
        ("<ul><li>One<ul><li>In<li>Side</ul><li>Two</ul>", "- One\n    - In\n    - Side\n- Two"),
        ("<ol><li><p>One<p>More<li>Two</ol>", "1. One\n\n    More\n\n2. Two"),
        (
            "<table><thead><tr><th>A<th>B<tbody><tr><td>1<td>2<tr><td>3<td>4</table>",
            "| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |",
        ),
    ],
)
def test_items_and_cells_without_an_end_stand_beside_each_other(
    importer: Importer, page: str, markdown: str
) -> None:
    assert importer.body(page, "a.html") == markdown


def test_a_long_list_without_ends_is_not_too_deep(importer: Importer) -> None:
    assert importer.body("<ol>" + "<li>One" * 200 + "</ol>", "a.html").endswith("\n200. One")


def test_reads_other_encodings(importer: Importer) -> None:
    words = "Über die Größe des Überschusses läßt sich schön streiten, müßte man meinen. " * 5
    assert "Größe" in importer.body(f"# Ü\n\n{words}".encode("latin-1"))


# Links and pictures


def test_leaves_out_links_that_run_something(importer: Importer) -> None:
    assert importer.body('<p><a href="javascript:history.back()">Back</a></p>', "a.html") == "Back"
    (found,) = importer.report.files
    assert found.to_mend == ["the link to “javascript:history.back()” leads nowhere"]


def test_points_links_between_the_files_at_their_drafts(importer: Importer) -> None:
    importer.file("b/c.md", "# C\n\n[a](../A.md#steps) [out](https://example.com) [x](gone.md)\n")
    importer.file("A.md", "# A\n\n[c](b/c.md)\n")
    drafts = importer.run()
    assert "[a](a.md#steps) [out](https://example.com) [x](gone.md)" in drafts["c"]
    assert "[c](c.md)" in drafts["a"]
    (c,) = [found for found in importer.report.files if found.file == "b/c.md"]
    assert c.to_mend == ["the link to “gone.md” leads nowhere"]


def test_brings_pictures_along(importer: Importer) -> None:
    Image.new("RGB", (4, 3)).save(importer.foreign / "List 1.png")
    importer.file(
        "a.md", "# A\n\n![The list](List%201.png) ![](gone.png) ![x](https://x.example/y.png)\n"
    )
    draft = importer.run()["a"]
    assert "![The list](../media/imported/list-1.png)" in draft
    assert (importer.content / "media/imported/list-1.png").exists()
    assert len(importer.report.files[0].to_mend) == 2


# What is not taken


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.md", b"x" * 300_000, "larger than 256 KB"),
        ("a.md", b"a\0b", "no text"),
        ("a.html", b"<div>" * 5_000, "too deep"),
        ("a.md", b"> " * 200 + b"a", ""),
        ("a.md", b"<div>\n" * 2_000, "too deep"),
    ],
)
def test_says_why_a_file_is_not_taken(importer: Importer, name: str, data: bytes, why: str) -> None:
    importer.file(name, data)
    importer.file("b.md", "# B\n\nText\n")
    importer.run()
    first, second = importer.report.files
    assert second.draft
    assert why in first.refused


def test_follows_no_link_out_of_the_folder(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret")
    (importer.foreign / "a.md").symlink_to(tmp_path / "secret.md")
    (importer.foreign / "b").symlink_to(tmp_path)
    assert importer.run() == {}
    with pytest.raises(Invalid, match="no folder"):
        import_folder(tmp_path / "nowhere", importer.content)


def test_lets_no_script_through(importer: Importer) -> None:
    html = importer.html(
        "<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n"
        "`<script>` &lt;script&gt;alert(2)&lt;/script&gt;\n"
    )
    assert "<script" not in re.sub(r"<code>.*?</code>", "", html)
    assert "onerror" not in html
    assert 'href="javascript' not in html
