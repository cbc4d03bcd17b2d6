"""A test client that parses pages and forms as a browser does, and checks every page that any test opens."""

from __future__ import annotations

import contextvars
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element

from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.extensions import db

UNRENDERED = re.compile(r".{0,30}(?:\b(?:None|True|False)\b|Undefined|\{\{|%\().{0,30}")
SKIPPED_INPUTS = {"hidden", "submit", "button", "reset"}


def _element(node: LexborNode) -> Element:
    """A parsed node, with all in it, as an element of the standard library; comments are left out."""
    element = Element(node.tag or "", {name: value or "" for name, value in node.attributes.items()})
    before: Element | None = None
    child = node.child
    while child is not None:
        if child.is_text_node:
            text = child.text_content or ""
            if before is None:
                element.text = (element.text or "") + text
            else:
                before.tail = (before.tail or "") + text
        elif child.is_element_node:
            before = _element(child)
            element.append(before)
        child = child.next
    return element


def text_of(element: Element) -> str:
    """All text inside an element, white space folded."""
    return " ".join("".join(element.itertext()).split())


@dataclass
class Form:
    """A form of a page, with the values a browser would send."""

    page: Page
    element: Element

    @property
    def action(self) -> str:
        """The address it is sent to; the page's own where it has no action."""
        return self.element.get("action") or self.page.path

    @property
    def method(self) -> str:
        """get or post."""
        return (self.element.get("method") or "get").lower()

    def values(self) -> dict[str, list[str]]:
        """What would be sent without any input."""
        sent: dict[str, list[str]] = {}
        for field in self.element.iter():
            if not (name := field.get("name")) or field.get("disabled") is not None:
                continue
            if field.tag == "input":
                kind = (field.get("type") or "text").lower()
                if kind in ("submit", "button", "file", "reset", "image"):
                    continue
                if kind in ("checkbox", "radio") and field.get("checked") is None:
                    continue
                sent.setdefault(name, []).append(field.get("value") or ("on" if kind == "checkbox" else ""))
            elif field.tag == "textarea":
                sent.setdefault(name, []).append("".join(field.itertext()))
            elif field.tag == "select":
                chosen = [o for o in field.iter("option") if o.get("selected") is not None]
                options = chosen or list(field.iter("option"))[:1]
                sent.setdefault(name, []).extend(o.get("value") or text_of(o) for o in options)
        return sent

    def names(self) -> set[str]:
        """Every field it offers, files too."""
        return {name for field in self.element.iter() if (name := field.get("name"))}

    def submit(self, button: tuple[str, str] | None = None, **values: Any) -> Page:
        """Send it with these values changed; refuses a field the page does not offer."""
        unknown = set(values) - self.names()
        assert not unknown, (
            f"the form at {self.page.path} has no field {sorted(unknown)}; it has {sorted(self.names())}"
        )
        data: dict[str, Any] = dict(self.values())
        for name, value in values.items():
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value if isinstance(value, (list, tuple)) else [value]
        if button:
            data[button[0]] = [button[1]]
        if self.method == "get":
            return self.page.visitor.get(self.action, query_string=data)
        return self.page.visitor.post(self.action, data)


@dataclass
class Page:
    """A response, parsed."""

    visitor: Visitor
    response: TestResponse

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """The path of the final response, after redirects."""
        return self.response.request.full_path.rstrip("?")

    @cached_property
    def html(self) -> str:
        """The source."""
        return self.response.get_data(as_text=True)

    @cached_property
    def tree(self) -> Element:
        """The page as a browser parses it; parsed when it is first looked at."""
        root = LexborHTMLParser(self.html).root
        assert root is not None
        return _element(root)

    @cached_property
    def text(self) -> str:
        """The text of the page, white space folded."""
        body = self.tree.find("body")
        return "" if body is None else text_of(body)

    @property
    def heading(self) -> str:
        """The h1."""
        return text_of(next(self.tree.iter("h1")))

    def forms(self) -> list[Form]:
        """Its forms."""
        return [Form(self, element) for element in self.tree.iter("form")]

    def form(self, containing: str | None = None, action: str | None = None) -> Form:
        """The one form of the main part that has this field, or goes there; fails when there is none or several."""
        main = next(self.tree.iter("main"), self.tree)
        forms = [Form(self, element) for element in main.iter("form")]
        if containing:
            forms = [form for form in forms if containing in form.names()]
        if action:
            forms = [form for form in forms if action in form.action]
        assert len(forms) == 1, f"{len(forms)} such forms at {self.path}: {[f.action for f in forms]}"
        return forms[0]

    def submit(self, **values: Any) -> Page:
        """Send the form that has the first of these fields."""
        return self.form(containing=next(iter(values), None)).submit(**values)

    def links(self) -> list[str]:
        """The addresses of its links."""
        return [href for a in self.tree.iter("a") if (href := a.get("href"))]

    def main_links(self) -> list[str]:
        """The addresses of the links of its main part: not of the navigation and the side list."""
        main = next(self.tree.iter("main"), self.tree)
        return [href for a in main.iter("a") if (href := a.get("href"))]

    def follow(self, text: str) -> Page:
        """Click the link with this text, the one in the main part where there are several."""
        main = next(self.tree.iter("main"), self.tree)
        for a in (*main.iter("a"), *self.tree.iter("a")):
            if text in text_of(a) and (href := a.get("href")):
                return self.visitor.get(href)
        raise AssertionError(
            f"no link 「{text}」 at {self.path}; there are {[text_of(a) for a in self.tree.iter('a')]}"
        )


class Visitor:
    """A client with a session of its own."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **arguments: Any) -> Page:
        """Open a page, following redirects."""
        return self._page("GET", path, **arguments)

    def post(self, path: str, data: dict[str, Any] | None = None, **arguments: Any) -> Page:
        """Send raw data, as an attacker would; forms are sent through Page.form()."""
        return self._page("POST", path, data=data or {}, **arguments)

    def sign_in(self, username: str, password: str = "correct-horse") -> Page:
        """Sign in through the sign-in page."""
        return self.get("/login").form(containing="username").submit(username=username, password=password)

    def _page(self, method: str, path: str, **arguments: Any) -> Page:
        _release(db.session)
        # In a context of its own: the test's application context would lend the request its `g`, and with it
        # the sign-in and session of whoever came before.
        response = contextvars.Context().run(self.client.open, path, method=method, follow_redirects=True, **arguments)
        response.request.environ["wsgi.input"].close()  # a large upload is spooled to a file
        response.get_data()
        response.close()  # a download may come from a file
        db.session.expire_all()
        page = Page(self, response)
        if response.mimetype == "text/html" and response.get_data():
            problems = problems_of(page)
            assert not problems, f"{method} {path} ({page.status}): " + "; ".join(problems)
        return page


def _release(session: Session) -> None:
    """End the test's own transaction: on SQLite it would hold the write lock the request needs."""
    session.commit()


def upload(data: bytes, filename: str) -> tuple[io.BytesIO, str]:
    """A file as a form sends it."""
    return io.BytesIO(data), filename


TOKEN = re.compile(r'(<input [^>]*name="csrf_token"[^>]* value=")[^"]+')
FAULTLESS: set[bytes] = set()


def problems_of(page: Page) -> list[str]:
    """What is wrong with a page; nothing when the same page, but for its CSRF tokens, was faultless before.

    The checks look at nothing but the source and the content security policy.
    """
    policy = page.response.headers.get("Content-Security-Policy", "")
    source = TOKEN.sub(r"\1", page.html)
    digest = sha256(f"{policy}\n{source}".encode()).digest()
    if digest in FAULTLESS:
        return []
    problems = list(check_page(page))
    if not problems:
        FAULTLESS.add(digest)
    return problems


def check_page(page: Page) -> Iterator[str]:
    """Yield a sentence for each violation of the rules for every page: heading, structure, fields, policy."""
    tree = page.tree
    yield from _check_heading(tree)
    yield from _check_fields(tree)
    yield from _check_policy(page, tree)
    if not tree.get("lang"):
        yield "no language on <html>"
    twice = [i for i, n in Counter(e.get("id") for e in tree.iter() if e.get("id")).items() if n > 1]
    if twice:
        yield f"ids used twice: {twice}"
    yield from _check_structure(tree)
    for image in tree.iter("img"):
        if image.get("alt") is None:
            yield "an image without alt"
    if unrendered := UNRENDERED.search(page.text):
        yield f"unrendered value in: {unrendered[0]}"


def _check_heading(tree: Element) -> Iterator[str]:
    headings = [text_of(h) for h in tree.iter("h1")]
    title = text_of(next(tree.iter("title")))
    if len(headings) != 1:
        yield f"{len(headings)} h1"
    elif headings[0] not in title:
        yield f"the title 「{title}」 does not contain the heading 「{headings[0]}」"


def _check_structure(tree: Element) -> Iterator[str]:
    """Headings without gaps, tables that say what they hold, no paragraph torn apart by what cannot stand in one."""
    deepest = 0
    for heading in (e for e in tree.iter() if re.fullmatch("h[1-6]", str(e.tag))):
        level = int(heading.tag[1])
        if level > deepest + 1:
            yield f"「{text_of(heading)}」 is h{level} after h{deepest}"
        deepest = level
    for table in tree.iter("table"):
        if table.find("caption") is None:
            yield "a table without a caption"
        if any(not cell.get("scope") for cell in table.iter("th")):
            yield f"a th without a scope in 「{text_of(next(table.iter('caption'), table))}」"
    for paragraph in tree.iter("p"):
        if not paragraph.attrib and not len(paragraph) and not text_of(paragraph):
            yield "an empty <p>, as a form inside a <p> leaves behind"


def _check_fields(tree: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {id(field) for label in tree.iter("label") for field in label.iter()}
    for tag in ("input", "select", "textarea"):
        for field in tree.iter(tag):
            if field.get("type") in SKIPPED_INPUTS:
                continue
            named = field.get("id") in labelled or id(field) in wrapped
            if not (named or field.get("aria-label") or field.get("aria-labelledby")):
                yield f"{tag} {field.get('name')} has no label"
    for form in tree.iter("form"):
        posts = (form.get("method") or "get").lower() == "post"
        names = {field.get("name") for field in form.iter("input")}
        if posts and "csrf_token" not in names:
            yield f"form to {form.get('action')} without CSRF token"
    ids = {element.get("id") for element in tree.iter()}
    for element in tree.iter():
        for reference in (element.get("aria-describedby") or "").split():
            if reference not in ids:
                yield f"aria-describedby names a missing id {reference}"


def _check_policy(page: Page, tree: Element) -> Iterator[str]:
    policy = page.response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield "no strict content security policy"
    for element in tree.iter():
        if element.get("style") is not None:
            yield f"inline style on <{element.tag}>"
        if any(name.startswith("on") for name in element.attrib):
            yield f"inline handler on <{element.tag}>"
        if element.tag == "script" and not element.get("src") and element.get("type") != "application/json":
            yield "inline script"
        for attribute in ("src", "href", "action"):
            if re.match(r"(https?:)?//", element.get(attribute) or ""):
                yield f"<{element.tag}> loads from another host: {element.get(attribute)}"
