"""The list of contacts."""

import csv
import io
import re

import pytest
from django.test import Client

from comanda.ingest.upsert import StoreRef, upsert
from comanda.records import contact_list
from comanda.records.models import AuditEntry, Contact, Field, FieldKind, List, Tag
from comanda.web.contacts import asked as asking
from tests.factories import LIVE, contact
from tests.web.contacts.conftest import HOSTILE

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}


def shown(client: Client, query: str = "", **headers: str) -> list[str]:
    """The e-mails of a page, in order."""
    text = client.get(f"/contacts{query}", headers={**PART, **headers}).content.decode()
    return re.findall(r"(\w+)@example\.com", re.sub("<option.*?</option>", "", text))


def test_it_shows_contacts_with_what_they_bought(viewer: Client, ana: Contact) -> None:
    text = viewer.get("/contacts").content.decode()

    assert f'href="/contacts/{ana.pk}"' in text
    assert "Ana Silva" in text
    assert "€20.00" in text
    assert "3 contacts" in text
    assert '<html lang="en"' in text


def test_it_gives_only_the_part_that_changes(viewer: Client, ana: Contact) -> None:
    answer = viewer.get("/contacts?q=an&sort=name", headers=PART)

    assert "<html" not in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == "/contacts?q=an&sort=name"
    assert "HX-Request" in answer.headers["Vary"]
    typed = viewer.get("/contacts?q=an&tag=", headers={**PART, "hx-trigger-name": "q"})
    assert typed.headers["HX-Replace-Url"] == "/contacts?q=an"
    assert viewer.get("/contacts", headers=PART).headers["HX-Push-Url"] == "/contacts"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["ana", "zoe", "rui"]),
        ("?sort=newest", ["zoe", "rui", "ana"]),
        ("?sort=oldest", ["ana", "rui", "zoe"]),
        ("?sort=name", ["ana", "rui", "zoe"]),
        ("?sort=orders", ["ana", "zoe", "rui"]),
        ("?sort=revenue-USD-up", ["rui", "zoe", "ana"]),
        ("?sort=nothing-known", ["ana", "zoe", "rui"]),
        ("?q=AN", ["ana"]),
        ("?q=912 345", ["ana"]),
        ("?marketing=no", ["rui"]),
        ("?marketing=unknown&orders=no", ["zoe"]),
        ("?orders=yes", ["ana"]),
        ("?tag={tag}&list={list}&store={store}", ["ana"]),
        ("?tag={tag}&marketing=no", []),
        ("?tag=999", []),
    ],
)
def test_it_narrows_and_sorts(
    viewer: Client, ana: Contact, store: StoreRef, query: str, found: list[str]
) -> None:
    ids = {"tag": Tag.objects.get().pk, "list": List.objects.get().pk, "store": store.id}

    assert shown(viewer, query.format(**ids)) == found


def test_it_shows_what_narrows_it_and_how_to_take_that_away(viewer: Client, ana: Contact) -> None:
    tag = Tag.objects.get()
    Tag.objects.filter(pk=tag.pk).update(name="<b>vip</b>")

    text = viewer.get(f"/contacts?tag={tag.pk}&marketing=yes&q=ana&sort=name", headers=PART).content.decode()

    assert "Tag: &lt;b&gt;vip&lt;/b&gt;" in text
    assert 'href="/contacts?q=ana&amp;marketing=yes&amp;sort=name"' in text
    assert "Accepts marketing" in text
    assert 'name="marketing" aria-label' not in text


@pytest.mark.parametrize("sort", ["name", "name-down", "orders-up", "revenue-EUR", "last-order"])
def test_it_keeps_the_order_when_it_is_narrowed_further(viewer: Client, ana: Contact, sort: str) -> None:
    text = viewer.get(f"/contacts?sort={sort}", headers=PART).content.decode()

    (form,) = re.findall('<form[^>]*id="narrowing".*?</form>', text, re.DOTALL)
    (select,) = re.findall('<select[^>]*name="sort".*?</select>', form, re.DOTALL)
    assert re.findall('<option value="([^"]*)" selected>', select) == [sort]
    assert 'type="hidden" name="sort"' not in form


@pytest.mark.parametrize("query", ["?tag=x", "?marketing=perhaps", "?orders=1", "?store=" + "9" * 30])
def test_it_finds_nothing_behind_words_that_mean_nothing(viewer: Client, query: str) -> None:
    assert viewer.get(f"/contacts{query}").status_code == 404


def test_it_pages(viewer: Client, ana: Contact, store: StoreRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "AT_ONCE", 2)

    assert shown(viewer, "?sort=name") == ["ana", "rui"]
    text = viewer.get("/contacts?sort=email", headers=PART).content.decode()
    (following,) = re.findall(r'rel="next" href="(\?[^"]*)"', text)
    rui = Contact.objects.get(email="rui@example.com")
    assert following == f"?sort=email&amp;cursor={rui.pk}"
    assert shown(viewer, following.replace("&amp;", "&")) == ["zoe"]


def test_it_begins_anew_where_a_page_ended_with_someone_who_is_gone(viewer: Client, ana: Contact) -> None:
    answer = viewer.get(f"/contacts?sort=name&cursor={ana.pk + 1000}")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/contacts?sort=name")


def test_it_offers_no_order_that_would_take_long(
    viewer: Client, ana: Contact, store: StoreRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_list, "FEW", 1)

    text = viewer.get("/contacts?sort=orders", headers=PART).content.decode()

    (heads,) = re.findall("<thead>.*?</thead>", text, re.DOTALL)
    assert "sort=orders" not in heads
    assert "sort=email" in heads
    assert "Narrow the list to 10,000 contacts or fewer to sort by this." in heads
    assert "1+ contacts" in text
    assert shown(viewer, "?sort=orders") == ["ana", "zoe", "rui"]
    upsert(store, [contact("anna@example.com"), contact("andy@example.com")], LIVE)
    assert shown(viewer, "?q=an") == ["andy", "anna", "ana"]


def test_it_counts_apart_what_takes_a_moment(
    viewer: Client, ana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_list, "FEW", 2)

    text = viewer.get("/contacts?orders=no", headers=PART).content.decode()

    assert 'hx-get="/contacts/count?orders=no"' in text
    assert viewer.get("/contacts/count?orders=no").content.decode().strip() == "2 contacts"


def test_it_says_where_contacts_come_from_when_there_are_none(owner: Client, viewer: Client) -> None:
    assert 'href="/imports/new"' in owner.get("/contacts").content.decode()
    text = viewer.get("/contacts").content.decode()
    assert "No contacts yet" in text
    assert 'href="/imports/new"' not in text


def test_it_says_that_nobody_matches(viewer: Client, ana: Contact) -> None:
    assert "Nobody matches" in viewer.get("/contacts?q=nobody").content.decode()


def test_it_shows_hostile_text_as_text(viewer: Client, store: StoreRef) -> None:
    upsert(store, [contact("eve@example.com", first_name=HOSTILE, company=HOSTILE, tags=("<b>",))], LIVE)

    for query in ("", "?q=%3Cscript%3E", f"?q={HOSTILE[:3000]}", "?q=%00", "?q=a%00b"):
        answer = viewer.get(f"/contacts{query}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


# Columns


def test_it_remembers_the_columns_of_each_user(owner: Client, viewer: Client, ana: Contact) -> None:
    answer = viewer.post("/contacts/columns?q=a&sort=name", {"column": ["company", "field:x", "<script>"]})

    assert answer.headers["Location"] == "/contacts?q=a&sort=name"
    (heads,) = re.findall("<thead>.*?</thead>", viewer.get("/contacts").content.decode(), re.DOTALL)
    assert "Company" in heads
    assert "Revenue" not in heads
    (heads,) = re.findall("<thead>.*?</thead>", owner.get("/contacts").content.decode(), re.DOTALL)
    assert "Revenue" in heads


def test_it_writes_values_of_own_fields_as_the_profile_does(viewer: Client, ana: Contact) -> None:
    Field.objects.create(key="born", name="Born", kind=FieldKind.DATE)
    Contact.objects.filter(pk=ana.pk).update(fields={"born": "1990-03-02"})
    viewer.post("/contacts/columns", {"column": ["field:born"]})

    text = viewer.get("/contacts").content.decode()

    assert "<bdi>Mar 2, 1990</bdi>" in text


# Export


def exported(client: Client, query: str) -> list[list[str]]:
    answer = client.get(f"/contacts/export{query}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contacts.csv"'
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_it_exports_the_list_with_the_columns_chosen(viewer: Client, ana: Contact) -> None:
    Contact.objects.filter(pk=ana.pk).update(first_name="=HYPERLINK(1)")

    rows = exported(viewer, "?orders=yes&column=first_name&column=phone&column=revenue&column=email")

    assert rows == [
        ["E-mail", "First name", "Phone", "Revenue EUR", "Revenue USD"],
        ["ana@example.com", "'=HYPERLINK(1)", "'+351912345678", "20", "10"],
    ]
    note = AuditEntry.objects.get()
    assert (note.action, note.target) == ("contacts.export", "contacts")
    assert note.detail == {
        "columns": ["email", "first_name", "phone", "revenue:EUR", "revenue:USD"],
        "narrowed_by": ["orders"],
    }


def test_it_exports_all_columns_when_none_is_chosen(viewer: Client, ana: Contact) -> None:
    rows = exported(viewer, "?sort=oldest")

    assert len(rows) == 4
    assert rows[0][:3] == ["Id", "E-mail", "First name"]
    assert [row[1] for row in rows[1:]] == ["ana@example.com", "rui@example.com", "zoe@example.com"]


# Who may


@pytest.mark.parametrize(
    "path",
    ["/contacts", "/contacts/count", "/contacts/export", "/contacts/1", "/contacts/1/edit", "/search?q=a"],
)
def test_it_is_not_for_strangers(stranger: Client, path: str) -> None:
    answer = stranger.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_viewers_have_nothing_to_tick(marketer: Client, viewer: Client, ana: Contact) -> None:
    assert 'name="id"' in marketer.get("/contacts").content.decode()
    assert 'name="id"' not in viewer.get("/contacts").content.decode()
    assert viewer.post("/contacts/change", {"change": "tag", "name": "x", "id": ana.pk}).status_code == 403
