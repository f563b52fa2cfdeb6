"""Shapes of what people say about being written to, and about being erased."""

from typing import Self

from flask import request
from wtforms import BooleanField, PasswordField, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.config import Settings
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.messages.contact import Choice
from portal.messages.policy import Preferences
from portal.web.forms import Form


class ContactForm(Form):
    """Which messages somebody wants, how many, and at which hours none."""

    service = BooleanField(_("What I asked for, was invited to, or what is due"))
    success = BooleanField(_("What helps me reach my goal: follow-ups and reminders"))
    news = BooleanField(_("News: releases, newsletters, stories"))
    most_success = SelectField(_("Follow-ups and reminders"), validators=[Optional()])
    most_questions = SelectField(_("Questions to you"), validators=[Optional()])
    quiet_from = TimeField(_("Quiet from"), validators=[Optional()])
    quiet_until = TimeField(_("Quiet until"), validators=[Optional()])

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The form, with no more to choose than the portal's own limits."""
        form = cls()
        form.most_success.choices = _numbers(settings.contact_success_messages)
        form.most_questions.choices = _numbers(settings.contact_questions)
        return form

    def show(self, wishes: Preferences) -> None:
        """Fill in what was chosen before."""
        self.service.data, self.success.data = wishes.service, wishes.success
        self.news.data = wishes.news
        self.quiet_from.data, self.quiet_until.data = wishes.quiet_from, wishes.quiet_until
        self.most_success.data = _shown(wishes.most_success, self.most_success)
        self.most_questions.data = _shown(wishes.most_questions, self.most_questions)

    def choice(self) -> Choice:
        """What was chosen, once it is valid."""
        return Choice(
            service=self.service.data,
            success=self.success.data,
            news=self.news.data,
            quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data,
            most_success=_number(self.most_success),
            most_questions=_number(self.most_questions),
        )

    def validate_quiet_from(self, field: TimeField) -> None:
        """Refuse a beginning without an end, and a day without an hour to write in."""
        if self.quiet_until.data is None:
            words = gettext("Enter also when the quiet ends, or leave both empty.")
            raise ValidationError(words)
        if field.data == self.quiet_until.data:
            words = gettext("The quiet ends when it begins: enter another time.")
            raise ValidationError(words)

    def validate_quiet_until(self, field: TimeField) -> None:
        """Refuse an end without a beginning."""
        if self.quiet_from.data is None:
            words = gettext("Enter also when the quiet begins, or leave both empty.")
            raise ValidationError(words)


def _numbers(most: int) -> list[tuple[str, str]]:
    fewer = [(str(number), str(number)) for number in range(most - 1, 0, -1)]
    return [("", gettext("Up to %(most)s", most=most)), *fewer, ("0", gettext("None"))]


def _shown(number: int | None, field: SelectField) -> str:
    """The choice for a limit; one that is no longer below the portal's is the portal's."""
    offered = [option[0] for option in field.iter_choices()]
    return str(number) if str(number) in offered else ""


def _number(field: SelectField) -> int | None:
    return int(field.data) if field.data else None


class UnwantedForm:
    """The page's two buttons, and what a mail program posts by itself."""

    @property
    def is_one_click(self) -> bool:
        """Whether a mail program posted it (RFC 8058)."""
        return request.form.get("List-Unsubscribe") == "One-Click"

    @property
    def wants_nothing(self) -> bool:
        """Whether they want no word at all, and not only none of this kind."""
        return request.form.get("what") == "all"


class EraseForm(Form):
    """Asking to be erased."""

    password = PasswordField(_("Password"), validators=[Optional()])


class EraseByAddressForm(Form):
    """Whom an admin erases, by what the person wrote to them."""

    email = StringField(
        _("E-mail address"),
        validators=[DataRequired(_("Enter an e-mail address.")), Length(max=320)],
    )
