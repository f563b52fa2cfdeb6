"""What the texts of the portal do differently from plain Python-Markdown."""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from portal.i18n import gettext as _


class Comments(Preprocessor):
    """Takes `<!-- … -->` out, after code has been put aside; in a line of `code` it stays."""

    def run(self, lines: list[str]) -> list[str]:
        """The lines without comments."""
        text = "\n".join(lines)
        kept: list[str] = []
        position = 0
        while (start := text.find("<!--", position)) >= 0:
            end = text.find("-->", start + 4)
            if end < 0:
                break
            before = text[text.rfind("\n", 0, start) + 1 : start]
            if "`" in before or before.startswith("    "):
                end = start + 1
                kept.append(text[position:end])
            else:
                kept.append(text[position:start])
                end += 3
            position = end
        kept.append(text[position:])
        return "".join(kept).split("\n")


class Headings(Treeprocessor):
    """Starts headings at h2 whatever the author began with, and gives each its own id.

    `## Title {#short}` chooses the id; else it is made from the words.
    """

    _OWN_ID = re.compile(r"[ ]*\{#([\w-]{1,60})\}[ ]*$")

    def run(self, root: Element) -> None:
        """Change the headings of a text."""
        headings = [element for element in root.iter() if re.fullmatch("h[1-6]", element.tag)]
        shift = 2 - min((int(element.tag[1]) for element in headings), default=2)
        taken: set[str] = set()
        for element in headings:
            element.tag = f"h{min(int(element.tag[1]) + shift, 6)}"
            element.set("id", self._free_id(element, taken))

    def _free_id(self, element: Element, taken: set[str]) -> str:
        last = element[-1] if len(element) else None
        tail = (last.tail if last is not None else element.text) or ""
        if own := self._OWN_ID.search(tail[-80:]):
            rest = tail[: len(tail) - len(own.group())]
            if last is not None:
                last.tail = rest
            else:
                element.text = rest
        wanted = own.group(1) if own else _anchor("".join(element.itertext()))
        free, number = wanted, 1
        while free in taken:
            number += 1
            free = f"{wanted}-{number}"
        taken.add(free)
        return free


def _anchor(title: str) -> str:
    """`What you need` → `what-you-need`; letters of every script stay."""
    words = re.sub(r"\x02[^\x03]*\x03", "", title).casefold()
    return re.sub(r"[^\w]+", "-", words).strip("-")[:60] or "section"


class Tabs(Treeprocessor):
    """Turns tabs into sections under each other; a script makes tabs of them where there is one.

    So they read well without a script, in print and in a PDF.
    """

    def run(self, root: Element) -> None:
        """Change the tabs of a text."""
        for group in root.iter("div"):
            if group.get("class") == "tabbed-set":
                self._stack(group)

    def _stack(self, group: Element) -> None:
        titles, contents = group.findall("label"), group.findall("div")
        tail = group.tail
        group.clear()
        group.tail = tail
        group.set("class", "tabs")
        for title, content in zip(titles, contents, strict=True):
            section = SubElement(group, "div", {"class": "tab"})
            title.tag = "p"
            title.attrib.clear()
            title.set("class", "tab-title")
            section.append(title)
            if content.text and content.text.strip():
                SubElement(section, "p").text = content.text
            section.extend(content)


class BoxTitles(Treeprocessor):
    """Says the kind of a box that has no title of its own, in the language in force."""

    def run(self, root: Element) -> None:
        """Change the titles of a text's boxes."""
        words = {
            "Note": _("Note"),
            "Tip": _("Tip"),
            "Warning": _("Warning"),
            "Example": _("Example"),
            "Wrong": _("Wrong"),
            "Right": _("Right"),
        }
        for title in root.iter("p"):
            if title.get("class") == "admonition-title" and title.text in words:
                title.text = words[title.text]


class Tasks(Treeprocessor):
    """Shows `- [ ]` and `- [x]` as boxes that nobody can press: the checklist is elsewhere."""

    _MARK = re.compile(r"\[([ xX])\][ ]+")

    def run(self, root: Element) -> None:
        """Change the items of a text's lists."""
        for item in root.iter("li"):
            place = item
            if not (item.text or "").strip() and len(item) and item[0].tag == "p":
                place = item[0]
            if match := self._MARK.match(place.text or ""):
                item.set("class", "task")
                mark = Element("span", {"class": "task-mark"})
                mark.text = "☐" if match[1] == " " else "☑"
                mark.tail = " " + (place.text or "")[match.end() :]
                place.text = ""
                place.insert(0, mark)
