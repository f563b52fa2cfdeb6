"""The base of all forms: CSRF, a request id against double posts, errors of services at fields."""

from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, g, request
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.i18n import get_translations
from wtforms.validators import Optional

from portal import i18n
from portal.errors import Invalid
from portal.i18n import gettext
from portal.ids import new_id


def install(app: Flask) -> None:
    """Answer with 422 where a form is shown again because something in it needs mending."""
    app.after_request(_say_refused)


def _say_refused(answer: Response) -> Response:
    if answer.status_code == 200 and g.get("has_refused"):
        answer.status_code = 422
    return answer


class Translations:
    """WTForms' own messages: in our words where we have some, else in its own catalogue's."""

    def gettext(self, message: str) -> str:
        ours = i18n.gettext(message)
        return ours if ours != message else str(_wtforms().gettext(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        ours = i18n.current().translations.ngettext(singular, plural, number)
        if ours not in (singular, plural):
            return ours
        return str(_wtforms().ngettext(singular, plural, number))


def _wtforms() -> Any:
    return get_translations([i18n.current().locale.language])


class Form(FlaskForm):  # type: ignore[misc]
    """A form that may be posted twice and still counts once."""

    request_id = HiddenField(validators=[Optional()])

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> Translations:
            return Translations()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _is_id(self.request_id.data):
            self.request_id.data = str(new_id())

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the input is valid; what PostgreSQL keeps in no text is not."""
        is_valid = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str) and "\0" in field.data:
                words = gettext("This holds a character that cannot be kept. Type it anew.")
                field.errors = [*field.errors, words]
                is_valid = False
        return is_valid

    def posted(self) -> bool:
        """Whether the form was posted and its input is valid."""
        if request.method != "POST":
            return False
        is_valid = bool(self.validate())
        g.has_refused = not is_valid
        return is_valid

    def take(self, error: Invalid) -> None:
        """Put a service's complaint at its field, or above the form if it has none."""
        g.has_refused = True
        field = getattr(self, error.field, None)
        if field is None:
            self.form_errors: list[str] = [*self.form_errors, error.message]
        else:
            field.errors = [*field.errors, error.message]


Posted = TypeVar("Posted", bound=Form)


def posted(form: Posted) -> Posted:
    """The form, if what was posted is valid; the page's own buttons post nothing else.

    Raises Invalid.
    """
    if not form.posted():
        words = gettext("The page was incomplete. Load it again, then repeat the last step.")
        raise Invalid("", words)
    return form


def _is_id(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False
