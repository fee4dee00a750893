"""What support material says, now and before, and how it is set."""

from __future__ import annotations

import re

import pytest

import vault.files
import vault.uploads
from collaboration.typesetting import typeset
from history.door import perform
from tests import corpus
from tests.conftest import told
from tests.test_pages import asked, text
from tests.test_uploads import clamd, upload
from vault.models import State, StoredFile

pytestmark = pytest.mark.django_db
HOME = "/samverkan/material/"


@pytest.fixture
def twice(between, cast):
    """Published with a file, read by Tuva, and published again."""
    draft, file = (
        between.material_in("draft"),
        vault.files.store(corpus.pdf(), "application/pdf").uuid,
    )
    guide = perform(draft.publish, by=cast.dag, text="Ring varandra.", file=file).obj
    guide = perform(guide.acknowledge, by=cast.tuva, who=cast.tuva).obj
    more = "Ring varandra, eller kom."
    return perform(guide.publish, by=cast.dag, text=more, what_is_new="Man kan komma").obj


def test_an_earlier_version_is_read_by_those_who_read_the_material(twice, cast, as_):
    page, url = f"{HOME}{twice.uuid}/", f"{HOME}{twice.uuid}/version/1/"
    for who in (cast.tuva, cast.sara, cast.dag, cast.cecilia):
        shown = text(as_(who).get(url))
        said = re.search(r'<div class="typeset">(.*?)</div>', shown, re.S)[1]
        assert said == "<p>Ring varandra.</p>"
        assert f'href="{page}fil/1/"' in shown
        assert ("Du läste den" in shown) == (who == cast.tuva)
        assert as_(who).get(f"{page}fil/1/").status_code == 200
    for who in (cast.rut, cast.petra):
        assert as_(who).get(url).status_code == 404
        assert as_(who).get(f"{page}fil/1/").status_code == 404
    perform(twice.retire, by=cast.dag, why="Ersatt")
    assert [as_(who).get(url).status_code for who in (cast.tuva, cast.dag)] == [404, 200]


def test_the_version_that_holds_is_not_among_the_earlier(twice, cast, as_):
    client, page = as_(cast.tuva), f"{HOME}{twice.uuid}/"
    answer = client.get(page)
    assert [one.number for one in answer.context["earlier"]] == [1]
    assert re.findall(r'href="[^"]*/version/(\d+)/"', text(answer)) == ["1"]
    assert client.get(f"{page}version/2/")["Location"] == page
    assert client.get(f"{page}version/3/").status_code == 404


def test_what_has_changed_since_is_shown_word_by_word(twice, cast, as_):
    answer = as_(cast.tuva).get(f"{HOME}{twice.uuid}/version/1/")
    pieces = [(one.kind, one.text) for one in answer.context["pieces"]]
    assert pieces == [
        ("same", "Ring varandra"),
        ("added", ", eller kom"),
        ("same", "."),
    ]
    assert told(twice) == ["draft", "publish", "acknowledge", "publish"]


def test_a_text_is_set_in_paragraphs_lists_and_links():
    typed = (
        "Ring skolan.\r\nVänta inte.\r\n\r\nTa med:\n- namn\n* nummer\n\n1. Ring\n3) Gå dit\n\n"
        "Läs mer på https://stad.se/sst?a=1&b=2."
    )
    link = "https://stad.se/sst?a=1&amp;b=2"
    assert typeset(typed) == "\n".join(
        [
            "<p>Ring skolan.<br>Vänta inte.</p>",
            "<p>Ta med:</p>",
            "<ul>\n<li>namn</li>\n<li>nummer</li>\n</ul>",
            '<ol>\n<li value="1">Ring</li>\n<li value="3">Gå dit</li>\n</ol>',
            f'<p>Läs mer på <a href="{link}">{link}</a>.</p>',
        ]
    )


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "- <img src=x onerror=alert(1)>",
        'https://x.se/"onmouseover="alert(1)',
        "javascript:alert(1)",
        "1. <a href='javascript:alert(1)'>x</a>",
        "https://x.se/<b>x</b>",
        "&lt;script&gt;",
    ],
)
def test_nothing_that_is_typed_becomes_markup(typed):
    """Only our own tags stand there, and an address leads by http or mail alone."""
    made = typeset(typed)
    tags = re.findall(r"<(/?\w+)([^>]*)>", made)
    assert {name for name, _rest in tags} <= {
        "p",
        "/p",
        "ul",
        "/ul",
        "ol",
        "/ol",
        "li",
        "/li",
        "a",
        "/a",
    }
    for name, rest in tags:
        own = {"a": r' href="(https?://|mailto:)[^"<>]*"', "li": r'( value="[0-9]{1,2}")?'}
        assert re.fullmatch(own.get(name, ""), rest)
    left = re.sub(r"</?(p|ul|ol|li|a)[^>]*>", "", made)
    assert not re.search(r"[<>\"']", left)


def send(client, guide, **more):
    sent = asked(guide, file=upload("a.pdf", corpus.pdf()), what_is_new="Ny bild") | more
    return client.post(f"/samverkan/gor/supportmaterial/{guide.uuid}/publish/", sent)


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


@pytest.mark.usefixtures("own_folder")
def test_a_file_is_scanned_like_any_other(between, cast, as_, settings):
    guide, client = between.material_in("published"), as_(cast.dag)
    with clamd(b"stream: Eicar-Signature FOUND\0") as address:
        settings.CLAMAV_SOCKET = address
        refused = send(client, guide, text="Se bilden.")
    assert list(refused.context["form"].errors) == ["file"]
    assert refused.context["form"]["text"].value() == "Se bilden."
    assert (told(guide), StoredFile.objects.count()) == (["draft", "publish"], 0)
    settings.CLAMAV_SOCKET = "unix:/nonexistent/clamd.ctl"
    assert send(client, guide).status_code == 302
    page = f"/samverkan/material/{guide.uuid}/"
    assert StoredFile.objects.get().state == State.QUARANTINE
    assert "virusskyddet har inte godkänt den" in text(client.get(page))
    assert client.get(f"{page}fil/2/").status_code == 404
    with clamd(b"stream: OK\0") as address:
        settings.CLAMAV_SOCKET = address
        vault.uploads.scan_waiting()
    assert f'href="{page}fil/2/"' in text(client.get(page))
    assert client.get(f"{page}fil/2/").status_code == 200


@pytest.mark.usefixtures("own_folder")
def test_no_file_is_kept_of_what_was_refused_or_sent_twice(between, cast, as_):
    guide, client = between.material_in("published"), as_(cast.dag)
    assert send(client, guide, version=guide.version - 1).status_code == 409
    assert StoredFile.objects.count() == 0
    new = asked(guide, what_is_new="Ny bild")
    for _click in range(2):
        sent = new | {"file": upload("a.pdf", corpus.pdf())}
        act = f"/samverkan/gor/supportmaterial/{guide.uuid}/publish/"
        assert client.post(act, sent).status_code == 302
    assert (told(guide), StoredFile.objects.count()) == (["draft", "publish", "publish"], 1)
