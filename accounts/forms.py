"""Fields and the form every page of ours is built of: what to say, errors in place, signs we can store."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

TEXT_LIMIT = 10_000
LINE_LIMIT = 200
LARGEST_KEY = 2**63 - 1
# What a field says when it is left empty and has no words of its own (`ask`).
FILL_IN = _("Fyll i det här.")
A_NUMBER = _("Skriv ett tal.")
A_DAY = _("Skriv ett datum.")
ONE_OF_THEM = _("Välj ett alternativ.")
AT_LEAST_ONE = _("Välj minst ett alternativ.")
AMONG_THEM = _("Välj bland alternativen.")
TICK = _("Kryssa i rutan för att gå vidare.")
A_PERSON = _("Välj en person.")
WITHOUT_NAME = (FILL_IN, A_NUMBER, A_DAY, ONE_OF_THEM, AT_LEAST_ONE, TICK, A_PERSON)
# What a field itself finds wrong; all else is said by a form or a rule, which names what it is about.
OF_THE_FIELD = (
    "invalid",
    "incomplete",
    "invalid_choice",
    "invalid_pk_value",
    "min_value",
    "max_value",
    "max_length",
)


class SplitDate(forms.MultiWidget):
    """Day, month and year, each its own field: no calendar to fight with."""

    template_name = "forms/splitdate.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        def part(length: int) -> forms.TextInput:
            return forms.TextInput({"inputmode": "numeric", "maxlength": length, "class": "input"})

        super().__init__({"day": part(2), "month": part(2), "year": part(4)}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        return [value.day, value.month, value.year] if value else [None] * 3


class SplitDateField(forms.MultiValueField):
    widget = SplitDate

    def __init__(self, **kwargs: Any) -> None:
        wrong = _("Skriv dag, månad och år med siffror.")
        parts = [forms.IntegerField(error_messages={"invalid": wrong}) for _n in range(3)]
        kwargs.setdefault("error_messages", {"required": A_DAY})
        super().__init__(fields=parts, **kwargs)

    def compress(self, data_list: list[int | None]) -> date | None:
        if all(value is None for value in data_list):
            return None
        day, month, year = data_list
        try:
            return date(year or 0, month or 0, day or 0)
        except (ValueError, OverflowError) as error:
            words = _("Datumet finns inte. Kontrollera dag, månad och år.")
            raise ValidationError(words, code="invalid") from error


def long_text(
    label: Any,
    *,
    required: bool = True,
    hint: Any = "",
    ask: Any = "",
    rows: int = 6,
    limit: int = TEXT_LIMIT,
) -> forms.CharField:
    """A free text: what to write, and what to say when it is left empty."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        max_length=limit,
        widget=forms.Textarea({"rows": rows}),
        error_messages={
            "required": ask or FILL_IN,
            "max_length": _("Texten är för lång. Korta den till högst %(limit_value)s tecken."),
        },
    )


def short_text(
    label: Any, *, required: bool = True, hint: Any = "", ask: Any = "", limit: int = LINE_LIMIT
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        max_length=limit,
        error_messages={
            "required": ask or FILL_IN,
            "max_length": _("Det är för långt. Korta till högst %(limit_value)s tecken."),
        },
    )


class WholeNumber(forms.IntegerField):
    """Thousands may be written apart, with any kind of space, as they are shown."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


def number(
    label: Any,
    *,
    low: int = 0,
    high: int = 1_000_000,
    required: bool = True,
    hint: Any = "",
    ask: Any = "",
) -> forms.IntegerField:
    words = _("Skriv ett tal från %(limit_value)s.")
    return WholeNumber(
        label=label,
        required=required,
        help_text=hint,
        min_value=low,
        max_value=high,
        widget=forms.TextInput({"inputmode": "numeric", "size": 8}),
        error_messages={
            "required": ask or A_NUMBER,
            "invalid": _("Skriv ett helt tal med siffror."),
            "min_value": words,
            "max_value": _("Talet är för stort. Högst %(limit_value)s."),
        },
    )


def choice(
    label: Any, choices: Any, *, required: bool = True, hint: Any = "", ask: Any = ""
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=hint,
        widget=forms.RadioSelect,
        error_messages={
            "required": ask or ONE_OF_THEM,
            "invalid_choice": _("Välj ett av alternativen."),
        },
    )


def pick(
    label: Any, choices: Any = (), *, required: bool = True, hint: Any = "", ask: Any = ""
) -> forms.ChoiceField:
    """One of many, as a list to pull down."""
    field = choice(label, choices, required=required, hint=hint, ask=ask)
    field.widget = forms.Select()
    field.choices = choices
    return field


def several(
    label: Any, choices: Any, *, required: bool = True, hint: Any = "", ask: Any = ""
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": ask or AT_LEAST_ONE,
            "invalid_choice": AMONG_THEM,
        },
    )


def day(label: Any, *, required: bool = True, hint: Any = "", ask: Any = "") -> SplitDateField:
    return SplitDateField(
        label=label,
        required=required,
        help_text=hint,
        require_all_fields=False,
        error_messages={
            "required": ask or A_DAY,
            "incomplete": _("Skriv dag, månad och år."),
        },
    )


def yes(label: Any, *, required: bool = False, ask: Any = "", hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(
        label=label,
        required=required,
        help_text=hint,
        error_messages={"required": ask or TICK},
    )


if TYPE_CHECKING:  # Django's own say what they choose among to the type checker only
    OneOf = forms.ModelChoiceField[Any]
    Several = forms.ModelMultipleChoiceField[Any]
else:
    OneOf, Several = forms.ModelChoiceField, forms.ModelMultipleChoiceField


class SeveralOf(Several):
    """Several rows. A number larger than any key is no choice; SQLite fails when it is asked for one."""

    default_error_messages = {
        "required": AT_LEAST_ONE,
        "invalid_choice": AMONG_THEM,
        "invalid_pk_value": AMONG_THEM,
    }

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if str(one).isdecimal() and int(one) > LARGEST_KEY:
                words = self.error_messages["invalid_choice"]
                raise ValidationError(words, code="invalid_choice", params={"value": one})
        return super().clean(value)


class PersonField(OneOf):
    """One of the colleagues who may be chosen; their name and profession is what is shown."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.profession}" if obj.profession else obj.name


def one_person(
    label: Any,
    people: Any,
    *,
    required: bool = True,
    hint: Any = "",
    field: type[PersonField] = PersonField,
) -> PersonField:
    return field(
        people,
        label=label,
        required=required,
        help_text=hint,
        empty_label=_("Välj"),
        error_messages={
            "required": A_PERSON,
            "invalid_choice": _("Välj någon i listan."),
        },
    )


def _without_name(error: ValidationError) -> bool:
    """Whether the words are clear beside their field, and nowhere else."""
    empty = error.code == "required" and str(error.message) in map(str, WITHOUT_NAME)
    return empty or error.code in OF_THE_FIELD


class OwnForm(forms.Form):
    """Draws with our classes, links its errors to the first input, and takes the door's blame."""

    use_required_attribute = False
    # What may be left out while it is a draft, and must be there when it is sent.
    asked_later: tuple[str, ...] = ()
    # What is asked once in each of several rows, of which some are left empty: not said of each field.
    of_rows: tuple[str, ...] = ()
    # What few need: folded away at the end under these words, and open while it holds something.
    seldom: tuple[str, ...] = ()
    seldom_label: Any = ""
    initial: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self._dress(name)

    def _dress(self, name: str) -> None:
        field = self.fields[name]
        field.widget.attrs.setdefault("class", "input")
        if isinstance(
            field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.CheckboxInput
        ):
            field.widget.attrs.pop("class")
        if isinstance(field, forms.CharField) and not isinstance(field, forms.EmailField):
            field.widget.attrs.setdefault("autocomplete", "off")
        self.lead_to(name, self._first_input(name))

    def ask_also(self, name: str, field: forms.Field) -> None:
        """One question more, of those that depend on what the form is about."""
        self.fields[name] = field
        self._dress(name)

    @property
    def seldom_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.seldom if name in self.fields]

    @property
    def seldom_is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.seldom_fields)

    def among(self, name: str, rows: Any) -> None:
        """Let the field be a choice among these rows and no others."""
        cast(OneOf, self.fields[name]).queryset = rows

    def offer(self, name: str, choices: Any) -> None:
        """Let the field be a choice among these pairs of value and words."""
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def lead_to(self, name: str, input_id: str) -> None:
        """Where a fault told of this field leads: the first input it is drawn with."""
        cast(Any, self[name]).first_input_id = input_id

    def _first_input(self, name: str) -> str:
        auto = self[name].auto_id
        several_inputs = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)
        return f"{auto}_0" if isinstance(self.fields[name].widget, several_inputs) else auto

    def full_clean(self) -> None:
        super().full_clean()
        for name, errors in self.errors.as_data().items():
            if name in self.fields and _without_name(errors[0]):
                field, words = cast(Any, self[name]), self.errors[name][0]
                field.in_short = f"{field.label}{'' if field.label[-1:] in '?.:' else ':'} {words}"

    def clean(self) -> dict[str, Any]:
        """Refuse signs that cannot be stored, beside their field."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and any(0xD800 <= ord(char) <= 0xDFFF for char in value):
                self.add_error(name, _("Texten innehåller tecken som inte går att spara."))
        return cleaned

    def blame(self, error: ValidationError) -> None:
        """Put each error beside its field; on top, if this form does not have it."""
        named = (
            error.error_dict
            if hasattr(error, "error_dict")
            else {NON_FIELD_ERRORS: error.error_list}
        )
        for name, errors in named.items():
            self.add_error(name if name in self.fields else None, ValidationError(errors))
