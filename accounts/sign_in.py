"""allauth's sign-in form in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

# No address is longer (RFC 5321), and SQLite refuses to look for a text of fifty thousand signs.
LONGEST = 254


class SignInForm(LoginForm):
    """Says in the label what may be written, and leaves no grey words in the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["login"], self.fields["password"]
        name.label, password.help_text = _("Användarnamn eller e-post"), ""
        name.widget.attrs["autocomplete"] = "username"
        too_long = _("Det är för långt. Korta till högst %(limit_value)s tecken.")
        name.validators.append(MaxLengthValidator(LONGEST, too_long))
        name.error_messages["required"] = _("Skriv ditt användarnamn eller din e-post.")
        password.error_messages["required"] = _("Skriv ditt lösenord.")
        for field in (name, password):
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "input"
