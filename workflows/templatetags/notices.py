from django import template

from workflows.models import Notice
from workflows.notices import WORDS
from workflows.worklist import URLS

register = template.Library()


@register.filter
def notice_words(notice: Notice) -> str:
    return str(WORDS[notice.code])


@register.filter
def notice_url(notice: Notice) -> str:
    """Where the thing is looked at; the page asks again who may."""
    pattern = URLS.get(notice.what, "/")
    return pattern.format(reference=notice.reference, object_uuid=notice.object_uuid)
