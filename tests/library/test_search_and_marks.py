"""Finding materials again: search that forgives, useful marks, the own shelf, what is new."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from library import actions
from library.models import Material, MaterialMark, Topic
from tests.factories import people


pytestmark = pytest.mark.django_db

OVERVIEW, SHELF = reverse("library:overview"), reverse("library:shelf")


def material(title: str = "Õppematerjal šokist", **fields) -> Material:
    facts = {"kind": "guide", "language": "et", "link": "https://näide.example/x"} | fields
    return actions.add_material(
        Topic.objects.get(pk=facts.pop("topic", "star")),
        title=title,
        by=people.consultant(),
        **facts,
    )


def found(client, words: str, **more) -> list[str]:
    return [row.title for row in client.get(OVERVIEW, {"q": words} | more).context["found"]]


@pytest.mark.parametrize(
    "words",
    [
        "juhend šokist",
        "guide",
        "õppematerjal",
        "oppematerjal",
        "OPPE",
        "sokist",
        "šokist oppe",
        "kasulik vihje",
        "naide",
    ],
)
def test_search_forgives_letters_and_wants_all_words(client_of, words):
    material(description="Kasulik vihje")
    material("Midagi muud", kind="law", link="https://muu.example/")

    assert found(client_of(people.worker()), words) == ["Õppematerjal šokist"]


def test_search_keeps_to_the_filters_and_to_what_is_there(client_of):
    material("Seadus eesti keeles", kind="law")
    material("Seadus inglise keeles", kind="law", language="en")
    gone = material("Seadus vana", kind="law")
    actions.withdraw_material(gone, by=people.consultant())

    client = client_of(people.worker())
    assert found(client, "seadus", language="en") == ["Seadus inglise keeles"]
    assert found(client, "vana") == []


def test_words_and_filters_are_sent_together_and_kept(client_of):
    material("Seadus")
    page = client_of(people.worker()).get(OVERVIEW, {"q": "seadus", "kind": "law"})

    text = page.content.decode()
    assert text.count('method="get"') == 1
    assert (page.context["form"]["q"].value(), page.context["form"]["kind"].value()) == (
        "seadus",
        "law",
    )
    # The topics keep the filter, not the words: their page has no search.
    assert reverse("library:topic-detail", args=["star"]) + "?kind=law" in text


def test_mark_brings_back_to_where_it_was_pressed(client_of):
    row = material()
    mark, here = reverse("library:material-mark", args=[row.pk]), OVERVIEW + "?q=sokist"
    client = client_of(people.worker())
    assert f'name="next" value="/library/?q=sokist#m-{row.pk}"' in client.get(here).content.decode()

    for wanted, there in (
        (f"{here}#m-{row.pk}", f"{here}#m-{row.pk}"),
        ("riiul", reverse("library:topic-detail", args=["star"])),
        ("//vale.example/", reverse("library:topic-detail", args=["star"])),
        ("https://vale.example/", reverse("library:topic-detail", args=["star"])),
        ("", reverse("library:topic-detail", args=["star"])),
    ):
        answer = client.post(mark, {"kind": "shelf", "on": "1", "next": wanted})
        assert answer.headers["Location"] == there


def test_long_shelf_and_long_findings_come_in_pages(client_of):
    worker = people.worker()
    for number in range(31):
        actions.mark_material(material(f"Seadus {number:02}"), kind="shelf", on=True, by=worker)

    client = client_of(worker)
    assert len(client.get(SHELF).context["page"].object_list) == 30
    assert [str(row) for row in client.get(SHELF, {"page": 2}).context["page"]] == ["Seadus 30"]
    page = client.get(OVERVIEW, {"q": "seadus", "page": 2})
    assert [str(row) for row in page.context["found"]] == ["Seadus 30"]
    assert "?q=seadus&amp;page=1" in page.content.decode()


def test_changed_material_is_found_by_its_new_words(client_of):
    row = material()
    actions.change_material(
        row, title="Hoopis teine", kind="guide", language="et", by=people.consultant()
    )

    client = client_of(people.worker())
    assert (found(client, "hoopis"), found(client, "sokist")) == (["Hoopis teine"], [])


def test_older_material_is_found_by_its_kind_after_the_migration(client_of):
    row = material("Käsiraamat", kind="guide")
    Material.objects.update(folded="")

    import_module("library.migrations.0007_fold_kinds").fold_again(apps, None)

    assert list(Material.objects.containing("juhend käsiraamat")) == [row]


def test_useful_is_counted_once_for_each_person_and_names_nobody(client_of):
    row, first, second = material(), people.worker(last_name="Kasulind"), people.worker()
    mark = reverse("library:material-mark", args=[row.pk])
    for person in (first, first, second):
        client_of(person).post(mark, {"kind": "useful", "on": "1"})

    text = client_of(second).get(reverse("library:topic-detail", args=["star"])).content.decode()
    assert "2 inimesele oli sellest kasu" in text
    assert "Kasulind" not in text

    client_of(second).post(mark, {"kind": "useful"})
    assert MaterialMark.objects.filter(kind="useful").count() == 1


def test_journal_does_not_say_what_somebody_marked():
    row, worker = material(), people.worker()
    actions.mark_material(row, kind="useful", on=True, by=worker)

    entry = Entry.objects.get(kind="library.material_marked")
    assert (entry.actor, entry.subject_id) == (worker, worker.pk)
    assert str(row.pk) not in str(entry.details)


def test_change_page_shows_what_a_material_is_good_for(client_of):
    row = material(description="Kasulik vihje")
    page = reverse("library:material-change", args=[row.pk])

    form = client_of(people.consultant()).get(page).context["form"]

    assert form["description"].value() == "Kasulik vihje"


def test_most_useful_is_found_first(client_of):
    material("Seadus A")
    better = material("Seadus B")
    actions.mark_material(better, kind="useful", on=True, by=people.worker())

    assert found(client_of(people.worker()), "seadus") == ["Seadus B", "Seadus A"]


def test_shelf_is_ones_own_and_keeps_the_name_of_what_was_withdrawn(client_of):
    row, worker = material("Riiulilind"), people.worker()
    client_of(worker).post(
        reverse("library:material-mark", args=[row.pk]), {"kind": "shelf", "on": "1"}
    )
    actions.withdraw_material(row, by=people.consultant())

    mine = client_of(worker).get(SHELF).content.decode()
    assert "Riiulilind" in mine
    assert row.link not in mine
    assert "Riiulilind" not in client_of(people.worker()).get(SHELF).content.decode()


def test_withdrawn_material_is_not_marked(client_of):
    row, worker = material(), people.worker()
    actions.withdraw_material(row, by=people.consultant())

    mark = reverse("library:material-mark", args=[row.pk])
    assert client_of(worker).post(mark, {"kind": "useful", "on": "1"}).status_code == 404
    with pytest.raises(Refused):
        actions.mark_material(row, kind="useful", on=True, by=worker)


@pytest.mark.parametrize("kind", ["", "muu"])
def test_unknown_mark_changes_nothing(client_of, kind):
    row = material()
    client_of(people.worker()).post(
        reverse("library:material-mark", args=[row.pk]), {"kind": kind, "on": "1"}
    )

    assert not MaterialMark.objects.exists()


def test_new_since_the_last_visit_is_shown_without_a_row_for_it(client_of):
    client = client_of(people.worker())
    material("Vana materjal")
    with clock.at(clock.now() + timedelta(days=1)):
        assert client.get(OVERVIEW).context["new"] is None
    with clock.at(clock.now() + timedelta(days=3)):
        material("Värske materjal")
        assert [row.title for row in client.get(OVERVIEW).context["new"]] == ["Värske materjal"]
        # Later on the same day it is new still.
        assert [row.title for row in client.get(OVERVIEW).context["new"]] == ["Värske materjal"]
    with clock.at(clock.now() + timedelta(days=4)):
        # Something may have come after that visit: its whole day counts.
        client.get(OVERVIEW)
    with clock.at(clock.now() + timedelta(days=5)):
        assert list(client.get(OVERVIEW).context["new"]) == []


def test_broken_cookie_of_the_last_visit_does_no_harm(client_of):
    client = client_of(people.worker())
    client.cookies["library-seen"] = "homme/eile"

    assert client.get(OVERVIEW).context["new"] is None
