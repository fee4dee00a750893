from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws every form field with our own template: label, hint, error, input, in that order."""

    field_template_name = "forms/field.html"
    form_template_name = "forms/form.html"
