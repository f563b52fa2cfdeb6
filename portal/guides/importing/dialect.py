"""HTML to Markdown as this portal renders it; the only importer of markdownify.

What differs from other dialects: four spaces inside of a list, a few signs that begin a block, and
raw HTML for the marks that have no sign here.
"""

import re
from typing import Any

from bs4 import Tag
from markdownify import MarkdownConverter

_MARKUP = re.compile(r"[*`\[\]]|(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w{1,30};)")
_BACKSLASH = re.compile(r"\\(?=[\\`*_{}\[\]()>#+\-.!|:&<]|$)")
_BLOCK_START = re.compile(
    r"(^|\n)([ ]*)(?:(#|>|[-+](?=\s|-|$)|!(?=!!))|(\d{1,9})(?=\.\s)|(=|:(?=\s)|~(?=~~)|-(?=-8<--)))"
)
_NAMED = {"=": "&#61;", ":": "&#58;", "~": "&#126;", "-": "&#45;"}
_BLOCK = re.compile(r"(`{3,}|~{3,}|\||#{1,6} |- |\d+\. |>|!!! |---)")
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w#+.-]{1,30})")
_INDENT = "    "


def to_markdown(soup: Tag) -> str:
    """The Markdown of a tree that was cleaned before. Raises `RecursionError` at great depth."""
    text: str = _Dialect(
        heading_style="atx", bullets="-", autolinks=False, escape_misc=False, strip_pre=None
    ).convert_soup(soup)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _raw(tag: str) -> Any:
    def convert(self: "_Dialect", _el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags or not text.strip():
            return text
        return f"<{tag}>{text}</{tag}>"

    return convert


def _indented(text: str, indent: str = _INDENT) -> str:
    return "\n".join(indent + line if line.strip() else "" for line in text.split("\n"))


class _Dialect(MarkdownConverter):
    convert_del = convert_s = convert_strike = _raw("del")
    convert_sub, convert_sup, convert_kbd = _raw("sub"), _raw("sup"), _raw("kbd")
    convert_mark, convert_ins, convert_u = _raw("mark"), _raw("ins"), _raw("u")

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """The text with signs that mean nothing: what one reads is what stood there."""
        text = _BACKSLASH.sub(r"\\\\", text)
        text = _ENTITY.sub("&amp;", text).replace("<", "&lt;")
        text = _MARKUP.sub(lambda match: "\\" + match[0], text)
        if parent_tags & {"td", "th"}:
            text = text.replace("|", "\\|")
        return _BLOCK_START.sub(_harmless, text)

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """An item with what belongs to it four spaces in."""
        text = text.strip()
        if not text:
            return "\n"
        ordered = el.parent is not None and el.parent.name == "ol"
        sign = f"{_number(el)}. " if ordered else "- "
        if task := re.match(r"\\\[([ xX])\\\](?= )", text):
            text = f"[{task[1]}]{text[task.end() :]}"
        if _BLOCK.match(text):
            text = f"&nbsp;\n\n{text}"
        first, _break, rest = text.partition("\n")
        if not rest:
            return f"{sign}{first}\n"
        # After an item of several paragraphs, the next would be taken for one of them.
        return f"{sign}{first}\n{_indented(rest)}\n" + ("\n" if "\n\n" in text else "")

    def convert_list(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A list, apart from what stands before and after."""
        text = text.strip("\n")
        inside = "li" in parent_tags and el.find_previous_sibling("p") is None
        return f"\n{text}\n" if inside else f"\n\n{text}\n\n"

    convert_ul = convert_ol = convert_list

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A block of code with a fence that is longer than any in it."""
        code = el.get_text().strip("\n").expandtabs(4)
        if not code.strip():
            return ""
        if "_inline" in parent_tags:
            return self.convert_code(el, " ".join(code.split()), set())
        runs = [len(run) for run in re.findall("`+", code)]
        fence = "`" * max(3, *(run + 1 for run in runs), 3)
        return f"\n\n{fence}{_language(el)}\n{code}\n{fence}\n\n"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Code in a line."""
        if "pre" in parent_tags:
            return text
        code = " ".join(text.split())
        if not code:
            return ""
        runs = [len(run) for run in re.findall("`+", code)]
        fence = "`" * (max(runs, default=0) + 1)
        room = " " if runs else ""
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() else ""
        return f"{before}{fence}{room}{code}{room}{fence}{after}"

    convert_samp = convert_tt = convert_code

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A link; without an address or words, its words."""
        href = str(el.get("href") or "").strip()
        words = " ".join(text.split())
        if "_noformat" in parent_tags or not href or not words:
            return text
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() else ""
        return f"{before}[{words}]({_target(href)}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A picture."""
        words = self.escape(" ".join(str(el.get("alt") or "").split()), parent_tags)
        source = str(el.get("src") or "").strip()
        return f"![{words}]({_target(source)})" if source else words

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A quote, or a box where it begins with `[!NOTE]`."""
        text = text.strip()
        if not text or "_inline" in parent_tags:
            return f" {text} "
        if kind := el.get("data-box"):
            title = str(el.get("data-title") or "").replace('"', "”")
            return f'\n\n!!! {kind} "{title}"\n{_indented(text)}\n\n'
        quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        return f"\n\n{quoted}\n\n"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """The end of a line."""
        return " " if "_inline" in parent_tags else "  \n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A cell, in one line."""
        span = str(el.get("colspan") or "1")
        cells = min(int(span), 50) if span.isdigit() else 1
        return f" {' '.join(text.split())} |" + "  |" * (max(cells, 1) - 1)

    convert_th = convert_td

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """What a folded part is called."""
        return f"\n\n**{text.strip()}**\n\n" if text.strip() else ""

    def convert_video(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Nothing: a video of somebody else's page."""
        return ""


def _harmless(match: re.Match[str]) -> str:
    start, spaces, sign, number, named = match.groups()
    if number:
        return f"{start}{spaces}{number}\\"
    return f"{start}{spaces}" + (_NAMED[named] if named else f"\\{sign}")


def _number(item: Tag) -> int:
    parent = item.parent
    start = str(parent.get("start") or "1") if parent is not None else "1"
    first = int(start) if start.isdigit() and len(start) < 9 else 1
    return first + len(item.find_previous_siblings("li"))


def _language(pre: Tag) -> str:
    for element in [pre, *pre.find_all("code")[:1], pre.parent]:
        names = element.get("class") if isinstance(element, Tag) else None
        if match := _LANGUAGE.search(" ".join(names or ())):
            return match[1].lower()
    return ""


def _target(address: str) -> str:
    """An address as it stands in brackets."""
    address = re.sub(r"\s", "%20", address)
    return address.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
