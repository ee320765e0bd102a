"""What every page must be, checked on every answer that a test's browser gets; and a browser that fills forms in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "violet tandem marmalade 77"
XHTML = "{http://www.w3.org/1999/xhtml}"
OWN = re.compile(r"^(/|#|\?|tel:|data:image/jpeg;base64,|$)")


class Browser:
    """One person's browser: keeps cookies, checks each page, sends the hidden fields of the last page back."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.seen(self.client.get(path, **more))

    def post(self, path: str, fields: Mapping[str, Any], **more: Any) -> TestResponse:
        """Send fields with the last page's token."""
        return self.seen(self.client.post(path, data={"csrf_token": self.hidden("csrf_token"), **fields}, **more))

    def follow(self, response: TestResponse) -> TestResponse:
        """Go where a redirect leads."""
        assert response.status_code == 303, (response.status_code, faults(response))
        return self.get(response.location)

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the last page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return unescape(found.group(1)) if found else ""

    def hidden_of(self, act: str, name: str) -> str:
        """The value of a hidden field of the form that posts to this act."""
        form = self.page[self.page.index(f'/{act}"') :]
        found = re.search(rf'name="{name}" value="([^"]*)"', form[: form.index("</form>")])
        return unescape(found.group(1)) if found else ""

    def sign_in(self, person: str = "ana.ribeiro", password: str = PASSWORD, **fields: str) -> TestResponse:
        """Sign in with the form."""
        if not self.hidden("csrf_token"):
            self.get("/sign-in")
        email = person if "@" in person else f"{person}@example.org"
        return self.post("/sign-in", {"email": email, "password": password, **fields})

    def seen(self, response: TestResponse) -> TestResponse:
        """Check a page and remember it."""
        if response.mimetype == "text/html":
            text = response.get_data(as_text=True)
            if response.status_code not in {301, 302, 303, 308}:
                check_page(text)
                self.page = text
        return response


def search(browser: Browser, typed: str) -> TestResponse:
    """Search the desk, and go where the search leads."""
    answer = browser.post("/desk/search", {"q": typed})
    return browser.follow(answer) if answer.status_code == 303 else answer


def faults(response: TestResponse) -> list[str]:
    """The error summary's sentences."""
    return [unescape(one) for one in re.findall(r'<li><a href="[^"]*#[^"]*">([^<]*)</a>', response.text)]


def words(response: TestResponse) -> str:
    """What a person reads in the main part."""
    text = response.get_data(as_text=True)
    main = text[text.find("<main") : text.find("</main>")]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def check_page(text: str) -> None:
    """Well-formed; one title and heading; every control labelled; each error tied to its control; nothing foreign."""
    root = html5lib.HTMLParser(strict=False).parse(text)
    by_id = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(by_id) == len(set(by_id)), f"ids twice: {sorted({one for one in by_id if by_id.count(one) > 1})}"
    assert root.get("lang"), "no language"
    assert len(list(root.iter(f"{XHTML}h1"))) == 1, "one h1"
    assert len(list(root.iter(f"{XHTML}main"))) == 1, "one main part"
    title = next(root.iter(f"{XHTML}title"))
    assert (title.text or "").strip(" ,"), "no title"
    labels = {node.get("for") for node in root.iter(f"{XHTML}label")}
    parents = {child: parent for parent in root.iter() for child in parent}
    for node in root.iter():
        check_node(node, labels, set(by_id), parents)


def check_node(node: Any, labels: set[str | None], ids: set[str | None], parents: Mapping[Any, Any]) -> None:
    """One element."""
    tag = str(node.tag).removeprefix(XHTML)
    for name in ("href", "src", "action"):
        value = node.get(name)
        assert value is None or OWN.match(value), f"another host: {value}"
    assert not any(name.startswith("on") or name == "style" for name in node.attrib), f"inline code on {tag}"
    if tag in {"input", "select", "textarea"} and node.get("type") != "hidden":
        inside = str(parents[node].tag).removeprefix(XHTML) == "label"
        assert inside or node.get("id") in labels or node.get("aria-label"), f"no label: {node.attrib}"
    for name in ("aria-describedby", "aria-labelledby", "for", "list", "popovertarget"):
        for wanted in (node.get(name) or "").split():
            assert wanted in ids, f"{name} points nowhere: {wanted}"
    href = node.get("href") or ""
    if href.startswith("#") and len(href) > 1:
        assert href[1:] in ids, f"a link points nowhere: {href}"
