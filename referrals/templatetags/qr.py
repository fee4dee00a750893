from __future__ import annotations

import base64
import io

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def qr(address: str) -> SafeString:
    """The address as a picture a phone can read; drawn here, fetched from nowhere."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=5, border=4)
    data = base64.b64encode(out.getvalue()).decode()
    return format_html(
        '<img src="data:image/png;base64,{}" alt="{}" width="260">', data, _("QR-kod med länken")
    )
