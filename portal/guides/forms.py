"""Forms of kits: their fields are whatever the document has."""

from collections.abc import Mapping
from typing import Any

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from portal.guides.kit_content import KitField
from portal.guides.service.kits import MOST_CHARACTERS
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form

PREFIX = "field_"
MOST_SAVED = 2**31 - 1


class KitForm(Form):
    """What every document's form has."""

    number = IntegerField(validators=[Optional(), NumberRange(0, MOST_SAVED)])

    def answers(self) -> dict[str, str]:
        """What was typed, by the fields' keys."""
        return {
            field.name.removeprefix(PREFIX).replace("_", "-"): _text(field.data)
            for field in self
            if field.name.startswith(PREFIX)
        }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def kit_form(fields: tuple[KitField, ...], answers: Mapping[str, str], number: int) -> KitForm:
    """A form for a document's fields, with what is filled in already."""
    made = {name_of(field.key): _control(field) for field in fields}
    form: KitForm = type("FilledForm", (KitForm,), made)(
        data={name_of(key): value for key, value in answers.items()} | {"number": number}
    )
    return form


def name_of(key: str) -> str:
    """The name of a field's control."""
    return PREFIX + key.replace("-", "_")


def _control(field: KitField) -> Any:
    words = _("Use at most %(most)s characters.", most=MOST_CHARACTERS)
    validators = [Optional(), Length(max=MOST_CHARACTERS, message=words)]
    if field.kind == "long":
        return TextAreaField(field.label, validators=validators)
    attributes = {"date": {"type": "date"}, "number": {"inputmode": "decimal"}}
    return StringField(field.label, validators=validators, render_kw=attributes.get(field.kind))
