"""Doing what htmx does, to compare a page changed in place with the page reloaded."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client


VERBS = ("get", "post", "put", "patch", "delete")


def parsed(html: str | bytes) -> BeautifulSoup:
    # This parser invents no elements, so table rows can stand alone.
    return BeautifulSoup(html, "html.parser")


def request_of(page: BeautifulSoup, selector: str, **fields: Any) -> dict[str, Any]:
    """Return verb, address, data and headers that htmx would send for an element.

    A form's own values are sent along; `fields` overrule them (None leaves one out).
    """
    element = _one(page, selector)
    verb, url = next(
        ((verb, element[f"hx-{verb}"]) for verb in VERBS if element.has_attr(f"hx-{verb}")),
        (None, None),
    )
    assert verb, f"{selector} has no hx-get or hx-post"
    data = _values(element) | fields
    target = target_of(page, selector)
    headers = {"HX-Request": "true", "HX-Target": target.get("id", "")}
    return {
        "verb": verb,
        "url": url,
        "data": {name: value for name, value in data.items() if value is not None},
        "headers": headers,
    }


def target_of(page: BeautifulSoup, selector: str) -> Tag:
    """Return the element that the answer to `selector` replaces."""
    element = _one(page, selector)
    target, said_by = _inherited(element, "hx-target")
    if target in (None, "this"):
        return said_by
    if target.startswith("closest "):
        wanted = target.removeprefix("closest ")
        found = next((p for p in [element, *element.parents] if p in page.select(wanted)), None)
        assert found is not None, f"{selector}: no {target}"
        return found
    return _one(page, target)


def click(client: Client, url: str, selector: str, **fields: Any) -> BeautifulSoup:
    """Open `url`, trigger the element, and return the page as it then stands."""
    opened = client.get(url)
    assert opened.status_code == 200, f"{url} answered {opened.status_code}"
    page = parsed(opened.content)
    sent = request_of(page, selector, **fields)
    send = getattr(client, sent["verb"])
    response = send(sent["url"] or url, sent["data"], headers=sent["headers"])
    return applied(page, selector, response)


def applied(page: BeautifulSoup, selector: str, response: HttpResponse) -> BeautifulSoup:
    """Apply an answer to the page in place, out-of-band parts included; return the page."""
    for header in ("HX-Redirect", "HX-Refresh", "HX-Location"):
        assert header not in response, f"the answer leaves the page: {header}"
    assert response.status_code < 300 or response.status_code == 422, response.status_code
    if response.status_code == 204:
        return page
    answer = parsed(response.content)
    assert answer.find("html") is None, "the answer is a whole page, not a fragment"
    # The target first: an out-of-band part may carry the same id as something in it.
    if retarget := response.get("HX-Retarget"):
        target = _one(page, retarget)
    else:
        target = target_of(page, selector)
    swap = response.get("HX-Reswap") or _inherited(_one(page, selector), "hx-swap")[0]
    apart = [tag.extract() for tag in answer.select("[hx-swap-oob]")]
    _swap(target, (swap or "innerHTML").split()[0], list(answer.contents))
    for tag in apart:
        how, _, where = tag.attrs.pop("hx-swap-oob").partition(":")
        if how == "true":
            how = "outerHTML"
        targets = page.select(where) if where else page.select(f"#{tag.get('id')}")
        assert targets, f"nothing on the page for out-of-band {tag.name}#{tag.get('id')}"
        content = [tag] if how == "outerHTML" else list(tag.contents)
        for target in targets:
            _swap(target, how, content)
    return page


def same(left: BeautifulSoup, right: BeautifulSoup, *, but: tuple[str, ...] = ()) -> None:
    """Fail unless two pages say the same in the same markup.

    Form tokens and white space do not count, nor do elements matching `but`.
    """
    assert _lines(left, but) == _lines(right, but)


def same_as_reload(client: Client, url: str, page: BeautifulSoup, *, but: tuple = ()) -> None:
    """Fail unless the page changed in place equals the page fetched anew."""
    same(page, parsed(client.get(url).content), but=but)


def _one(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, f"{selector} matches {len(found)} elements"
    return found[0]


def _inherited(element: Tag, name: str) -> tuple[str | None, Tag]:
    """Return the attribute's value and the element that says it, else None and the element."""
    for each in [element, *element.parents]:
        if isinstance(each, Tag) and each.has_attr(name):
            return each[name], each
    return None, element


def _values(element: Tag) -> dict[str, Any]:
    form = element if element.name == "form" else None
    if form is None:
        values = {}
        if element.get("name"):
            values[element["name"]] = element.get("value", "")
        form = element.find_parent("form")
        if form is None:
            return values
    values = {} if element is form else values
    for field in form.select("input[name], select[name], textarea[name]"):
        kind = field.get("type", "")
        if field.has_attr("disabled") or kind in ("submit", "button", "file"):
            continue
        if kind in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select("option[selected]") or field.select("option")[:1]
            value = [option.get("value", option.get_text()) for option in chosen]
            value = value if field.has_attr("multiple") else (value or [""])[0]
        elif field.name == "textarea":
            value = field.get_text()
        else:
            value = field.get("value", "on" if kind == "checkbox" else "")
        if kind == "checkbox" and field["name"] in values:
            before = values[field["name"]]
            value = [*before, value] if isinstance(before, list) else [before, value]
        values[field["name"]] = value
    return values


def _swap(target: Tag, how: str, content: list) -> None:
    # Copied through text, because one part may be put in several places.
    pieces = list(parsed("".join(str(piece) for piece in content)).contents)
    if how == "outerHTML":
        target.insert_before(*pieces)
        target.decompose()
    elif how == "innerHTML":
        target.clear()
        target.extend(pieces)
    elif how == "beforeend":
        target.extend(pieces)
    elif how == "afterbegin":
        for piece in reversed(pieces):
            target.insert(0, piece)
    elif how == "beforebegin":
        target.insert_before(*pieces)
    elif how == "afterend":
        target.insert_after(*pieces)
    elif how == "delete":
        target.decompose()
    else:
        assert how == "none", f"unknown swap {how}"


def _lines(page: BeautifulSoup, but: tuple[str, ...]) -> list[str]:
    page = parsed(str(page))
    for field in page.select("input[name=csrfmiddlewaretoken]"):
        field["value"] = ""
    for tag in page.select("[hx-headers]"):
        del tag["hx-headers"]
    for tag in page.select("[hx-swap-oob]"):
        del tag["hx-swap-oob"]
    for selector in but:
        for tag in page.select(selector):
            tag.decompose()
    text = re.sub(r"\s+", " ", str(page))
    return [line.strip() for line in re.sub(r"(</?)", r"\n\1", text).splitlines() if line.strip()]
