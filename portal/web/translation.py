"""Templates in the reader's language: fixed texts are translated when a template is compiled.

A page has dozens of texts, and Jinja looks each one up at every rendering. Each language has an
environment of its own instead, in which `_("…")` without values is the translated text already.
"""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from portal import i18n

LOOK_UPS = ("_", "gettext")


def gettext(message: str, **values: Any) -> Markup:
    """A template's text in the language in force; values that are filled in are escaped."""
    text = Markup(i18n.current().translations.gettext(message))  # noqa: S704 - ours
    # A {% trans %} block doubles its per cent signs.
    return text % values if values or "%%" in text else text


def ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """A template's singular or plural for `num` in the language in force."""
    text = i18n.current().translations.ngettext(singular, plural, num)
    return Markup(text) % {"num": num, **values}  # noqa: S704 - ours


class TranslatingEnvironment(Environment):
    """Flask's environment, in which an overlay for a language compiles that language in."""

    compiled_in = False

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        # Jinja's chain of two is copied key by key at every rendering, include and import.
        return super().make_globals(d) if d else self.globals

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        if self.compiled_in:
            source = _Translator().visit(source)
        return super()._generate(source, *args, **kwargs)


@lru_cache
def translated(environment: TranslatingEnvironment, locale: str) -> TranslatingEnvironment:
    """The environment for a language. Its templates are compiled while that language is in force:
    the same loader, filters and globals, but templates of its own. `locale` tells them apart."""
    made: TranslatingEnvironment = environment.overlay(cache_size=400)
    made.compiled_in = True
    return made


class _Translator(NodeTransformer):
    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(call)
        message = _fixed_message(call)
        return call if message is None else nodes.Const(gettext(message), lineno=call.lineno)


def _fixed_message(call: nodes.Call) -> str | None:
    """What is looked up, if it is a fixed text without values."""
    is_look_up = isinstance(call.node, nodes.Name) and call.node.name in LOOK_UPS
    if not is_look_up or call.kwargs or call.dyn_args or call.dyn_kwargs or len(call.args) != 1:
        return None
    text = call.args[0]
    return text.value if isinstance(text, nodes.Const) else None
