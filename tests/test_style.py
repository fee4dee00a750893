"""The style guide shows every component there is, each with its contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from config import style

FILES = sorted(style.FOLDER.glob("*.html"))


def test_every_component_is_shown_with_its_contract(cast):
    client = Client()
    client.force_login(cast.sara.user, backend="accounts.backend.WithRoles")
    page = client.get("/stil/").content.decode()
    assert [file.stem for file in FILES if f'id="del-{file.stem}"' not in page] == []
    assert set(style.SAMPLES) <= {file.stem for file in FILES}


def test_a_component_without_a_contract_is_refused(tmp_path: Path, monkeypatch, rf):
    (tmp_path / "card.html").write_text("<p>no word of what it takes</p>")
    monkeypatch.setattr(style, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"card\.html"):
        style.components(rf.get("/stil/"))
