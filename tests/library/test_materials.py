import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.refusal import Refused
from journal.models import Entry
from library import actions
from library.files import kind_of_file
from library.models import Material, Topic
from library.reference import load_demo_materials
from tests.factories import people


pytestmark = pytest.mark.django_db

ADD = "/library/topics/star/add/"
TOPIC = "/library/topics/star/"


def office(part: str, *more: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


FILES = {
    "pdf": b"%PDF-1.7 rest",
    "png": b"\x89PNG\r\n\x1a\nrest",
    "jpg": b"\xff\xd8\xffrest",
    "docx": office("word/document.xml"),
    "pptx": office("ppt/presentation.xml"),
    "xlsx": office("xl/workbook.xml"),
}


def material(by=None, **fields) -> Material:
    fields = {
        "title": "Seadus",
        "kind": "law",
        "language": "et",
        "link": "https://x.test/",
    } | fields
    return actions.add_material(
        Topic.objects.get(pk="star"), by=by or people.consultant(), **fields
    )


def data(**fields) -> dict:
    return {"title": "Kiri jääb", "kind": "guide", "language": "et"} | fields


@pytest.mark.parametrize("kind", FILES)
def test_file_is_known_by_its_content(kind) -> None:
    assert kind_of_file(io.BytesIO(FILES[kind])) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ",
        b"<html>",
        b"PK\x03\x04broken",
        office("other.xml"),
        office("word/document.xml", "word/vbaProject.bin"),
    ],
    ids=["empty", "program", "page", "broken zip", "other zip", "macros"],
)
def test_file_of_another_sort_is_none(content) -> None:
    assert kind_of_file(io.BytesIO(content)) is None


@pytest.mark.parametrize("kind", FILES)
def test_material_add_with_a_file_is_served_as_a_download(client_of, kind) -> None:
    upload = SimpleUploadedFile(f"Õpe nr 1.{kind}", FILES[kind])
    answer = client_of(people.consultant()).post(ADD, data(file=upload))
    assert answer.status_code == 302

    row = Material.objects.get()
    assert "pe nr 1" not in row.file.name
    got = client_of(people.worker()).get(reverse("library:material-file", args=[row.pk]))
    assert b"".join(got.streaming_content) == FILES[kind]
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert [e.kind for e in Entry.objects.all()] == ["library.material_added"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "link"),
        ({"link": "not an address"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "ftp://x.test/"}, "link"),
        ({"link": "https://x.test/", "title": "x" * 201}, "title"),
        ({"link": "https://x.test/", "kind": "novel"}, "kind"),
        ({"file": ("a.pdf", b"<html>")}, "file"),
        ({"file": ("a.exe", b"%PDF-1.7")}, "file"),
        ({"file": ("a.pdf", b"")}, "file"),
        ({"file": ("a.pdf", b"%PDF-" + b"x" * 2000)}, "file"),
        ({"file": ("a.pdf", b"%PDF-"), "link": "https://x.test/"}, "file"),
    ],
    ids=str,
)
def test_material_add_bad_input(client_of, settings, fields, field) -> None:
    settings.UPLOAD_LIMIT = 1000
    if "file" in fields:
        fields = fields | {"file": SimpleUploadedFile(*fields["file"])}

    answer = client_of(people.consultant()).post(ADD, data(language="ru") | fields)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert (fields.get("title") or "Kiri jääb") in answer.content.decode()
    assert Material.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("et", "See ei ole PDF-, Wordi, PowerPointi, Exceli, PNG- ega JPG-fail."),
        ("en", "This is not a PDF, Word, PowerPoint, Excel, PNG or JPG file."),
    ],
)
def test_material_add_of_a_wrong_file_says_what_fits(client_of, language, sentence) -> None:
    client = client_of(people.consultant(language=language))
    program = SimpleUploadedFile("juhend.pdf", b"MZ program")

    answer = client.post(ADD, data(file=program))

    form = answer.context["form"]
    assert answer.status_code == 422
    assert form.errors == {"file": [sentence]}
    assert (form["title"].value(), form["kind"].value()) == ("Kiri jääb", "guide")
    assert (Material.objects.count(), Entry.objects.count()) == (0, 0)


def test_material_add_twice_by_a_double_submit_makes_one(client_of) -> None:
    client = client_of(people.consultant())
    new_id = client.get(ADD).context["form"]["new_id"].value()
    for _ in range(2):
        assert client.post(ADD, data(new_id=new_id, link="https://x.test/")).status_code == 302
    assert (Material.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("consultant", True),
        ("coordinator", True),
        ("worker", False),
        ("manager", False),
        ("supervisor", False),
        ("administrator", False),
    ],
)
def test_materials_are_kept_by(client_of, who, allowed) -> None:
    row, user = material(), getattr(people, who)()
    for name, args in (
        ("material-add", ["star"]),
        ("material-change", [row.pk]),
        ("material-withdraw", [row.pk]),
    ):
        status = client_of(user).get(reverse(f"library:{name}", args=args)).status_code
        assert status == (200 if allowed else 403)
    if not allowed:
        with pytest.raises(PermissionDenied):
            actions.withdraw_material(row, by=user)


def test_material_change_by_a_stale_page_changes_nothing(client_of) -> None:
    row, consultant = material(), people.consultant()
    client, address = client_of(consultant), reverse("library:material-change", args=[row.pk])
    seen = client.get(address).context["form"]["seen"].value()
    actions.change_material(row, title="Uus", kind="law", language="et", by=consultant)

    answer = client.post(address, data(link="https://x.test/", seen=seen))

    assert answer.status_code == 422
    assert "Kiri jääb" in answer.content.decode()
    row.refresh_from_db()
    assert row.title == "Uus"


def test_material_withdraw_hides_it_and_happens_once(client_of) -> None:
    row, consultant = material(title="Kanaarilind"), people.consultant()
    actions.withdraw_material(row, by=consultant)
    with pytest.raises(Refused):
        actions.withdraw_material(row, by=consultant)

    html = client_of(people.worker()).get(TOPIC).content.decode()
    assert "Kanaarilind" not in html
    kinds = [e.kind for e in Entry.objects.order_by("id")]
    assert kinds == ["library.material_added", "library.material_withdrawn"]


def test_library_stays_open_without_a_post_and_closed_without_a_login(client, client_of) -> None:
    row = material(link="", file=SimpleUploadedFile("a.pdf", FILES["pdf"]), file_kind="pdf")
    pages = ["/library/", TOPIC, reverse("library:material-file", args=[row.pk])]
    alone = client_of(people.person())
    for page in pages:
        answer = alone.get(page)
        assert answer.status_code == 200
        if answer.streaming:
            assert b"".join(answer.streaming_content) == FILES["pdf"]
    assert [client.get(page).status_code for page in pages] == [302] * 3


def test_topic_filters_and_shows_competences(client_of) -> None:
    by = people.consultant()
    material(by, title="Eesti seadus")
    material(by, title="English guide", kind="guide", language="en")
    client = client_of(people.worker())

    def titles(query: str) -> list[str]:
        return [m.title for m in client.get(TOPIC + query).context["page"]]

    assert titles("") == ["Eesti seadus", "English guide"]
    assert titles("?kind=guide") == ["English guide"]
    assert titles("?language=et") == ["Eesti seadus"]
    assert titles("?kind=law&language=en") == []
    assert titles("?kind=nonsense") == ["Eesti seadus", "English guide"]
    assert "Teenuste korraldamine ja osutamine" in client.get(TOPIC).content.decode()


@pytest.mark.parametrize("page", ["/library/", TOPIC])
def test_library_costs_the_same_for_1_and_30(
    client_of, django_assert_max_num_queries, page
) -> None:
    by, client = people.consultant(), client_of(people.worker())

    def cost() -> int:
        with django_assert_max_num_queries(15) as counted:
            assert client.get(page).status_code == 200
        return len(counted)

    # From the second visit on, what is new since the first is looked for too.
    client.get(page)
    material(by)
    one = cost()
    for n in range(29):
        material(by, link=f"https://x.test/{n}")
    assert cost() == one


def test_demo_materials_are_loaded_once() -> None:
    by = people.consultant()
    for _ in range(2):
        load_demo_materials(by)
    assert Material.objects.count() == Material.objects.values("link").distinct().count() > 3
