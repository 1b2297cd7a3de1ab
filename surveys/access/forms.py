"""Forms of sign-in and first set-up."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from surveys.access.accounts import ADDRESS_PATTERN

ADDRESS = Regexp(rf"^{ADDRESS_PATTERN}$", message=_l("This is not an e-mail address."))
NEEDED = InputRequired(message=_l("Please fill this in."))
NEW_PASSWORD = Length(min=12, max=200, message=_l("A password needs at least 12 characters."))


class SignInForm(FlaskForm):
    """Address and password."""

    email = EmailField(_l("E-mail"), validators=[NEEDED], render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"), validators=[NEEDED], render_kw={"autocomplete": "current-password"}
    )


class LinkForm(FlaskForm):
    """The code of a one-time link; filled by the page's script from the address."""

    code = StringField(
        _l("Code from your link"), validators=[NEEDED], render_kw={"autocomplete": "off"}
    )


class StartForm(FlaskForm):
    """The first HR account and the organisation's name."""

    code = StringField(_l("Code from the terminal"), validators=[NEEDED])
    name = StringField(
        _l("Your name"),
        validators=[NEEDED, Length(max=200)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("Your e-mail"),
        validators=[NEEDED, Length(max=254), ADDRESS],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        _l("A password (at least 12 characters)"),
        validators=[NEEDED, NEW_PASSWORD],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(FlaskForm):
    """A new password."""

    password = PasswordField(
        _l("A new password (at least 12 characters)"),
        validators=[NEEDED, NEW_PASSWORD],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(PasswordForm):
    """A new password for somebody who has one already."""

    current = PasswordField(
        _l("Your password now"),
        validators=[NEEDED],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(FlaskForm):
    """A code of the second factor, from the app or from the paper."""

    code = StringField(
        _l("Code"),
        validators=[NEEDED, Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text"},
    )


class AddressForm(FlaskForm):
    """The address that a link is to be sent to."""

    email = EmailField(_l("E-mail"), validators=[NEEDED], render_kw={"autocomplete": "username"})


class SimpleForm(FlaskForm):
    """Only the protection against forged requests: for buttons."""
