"""The toolbox stands beside the support material: one more page in the menu of the collaboration."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from collaboration import pages

pages.add(
    pages.Page(_("Verktygslådan"), "referrals:tools", public="PUBLIC_TOOLBOX"),
    after="collaboration:materials",
)
