"""Model fields whose column holds only sealed tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from vault.sealing import Sealed

if TYPE_CHECKING:  # any text may be put in; what comes out is Sealed
    Text = models.TextField[Any, Sealed]
else:
    Text = models.TextField


class SealedDescriptor:
    """Gives every read the row it belongs to; takes plain values and keeps them until saved."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:  # deferred
            instance.refresh_from_db(fields=[name])
        return instance.__dict__[name]

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.bound(value, instance)


class SealedTextField(Text):
    """Text sealed to table, column and the row's `uuid`. Never filtered, sorted or bulk-updated."""

    as_json = False
    descriptor_class = SealedDescriptor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]  # Django's names its one keyword
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, self.attname, SealedDescriptor(self))

    @property
    def binding(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def bound(self, value: Any, instance: models.Model) -> Sealed:
        """Any value as a Sealed of this instance's row."""
        row = str(instance.__dict__.get("uuid", ""))
        if isinstance(value, Sealed):
            if value.is_fresh:
                return Sealed(self.binding, "", row, self.as_json, value.fresh, is_fresh=True)
            return Sealed(self.binding, value.token, row, self.as_json)
        return Sealed(self.binding, "", row, self.as_json, self.checked(value), is_fresh=True)

    def checked(self, value: Any) -> Any:
        """Plain text that can be sealed and read again: no NUL, no lone surrogates."""
        text = "" if value is None else str(value)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValidationError(_("Texten innehåller tecken som inte går att spara.")) from error
        if "\x00" in text:
            raise ValidationError(_("Texten innehåller tecken som inte går att spara."))
        return text

    def from_db_value(self, value: str | None, *args: Any) -> Sealed:
        return Sealed(self.binding, value or "", "", self.as_json)

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, instance: models.Model, add: bool) -> str:
        sealed: Sealed = getattr(instance, self.attname)
        row = instance.uuid  # type: ignore[attr-defined]  # every model with a sealed column has one
        token = sealed.sealed_for(row)
        instance.__dict__[self.attname] = Sealed(self.binding, token, str(row), self.as_json)
        return token

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Sealed):
            self._refuse()
        return "" if value is None else str(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> str:
        return value if isinstance(value, str) else self._refuse()

    def get_lookup(self, lookup_name: str) -> Any:
        self._refuse()

    def get_transform(self, lookup_name: str) -> Any:
        self._refuse()

    def value_to_string(self, obj: models.Model) -> str:
        return str(getattr(obj, self.attname).token)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return value

    def _refuse(self) -> NoReturn:
        raise FieldError(f"{self.name} är förseglat: det filtreras, sorteras och jämförs inte.")


class SealedJSONField(SealedTextField):
    """A JSON value, sealed the same way; empty reads as None."""

    as_json = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", None)
        super().__init__(*args, **kwargs)

    def checked(self, value: Any) -> Any:
        return value
