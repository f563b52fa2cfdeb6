"""The filter of the csm's list, as it stands in the URL."""

from collections.abc import Mapping

from portal.accounts.models import Experience
from portal.customers.service.attention import Need
from portal.customers.service.desk import DeskFilter
from portal.errors import Invalid
from portal.i18n import gettext as _


def read_filter(arguments: Mapping[str, str]) -> DeskFilter:
    """The filter that a URL asks for. Raises Invalid for a need or an experience that is none."""
    try:
        need = Need[arguments["need"].upper()] if arguments.get("need") else None
        experience = Experience(arguments["experience"]) if arguments.get("experience") else None
    except (KeyError, ValueError):
        words = _("The address asks for something this list does not know. Clear its filter.")
        raise Invalid("need", words) from None
    return DeskFilter(
        words=arguments.get("words", "").strip()[:80],
        need=need,
        experience=experience,
        is_sample="sample" in arguments,
    )
