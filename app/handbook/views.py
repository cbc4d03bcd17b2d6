"""The pages of the handbook, open to everyone, and the link to it on every page."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, redirect, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.access import public
from app.handbook.labels import chapter_name_of
from app.handbook.queries import IMAGES, Chapter, chapter_at, chapter_html, chapter_named, chapters
from app.navigation import ListedPlace, SideList

blueprint = Blueprint("handbook", __name__, url_prefix="/handbook")

OPEN = "the handbook has nothing about anybody"
LANGUAGE = "zh-Hans-CN"  # of the chapters


@blueprint.get("")
@public(OPEN)
def index() -> BaseResponse:
    """Redirect to the first chapter."""
    first = chapter_named("") or abort(404)
    return redirect(url_for(".show", address=first.address))


@blueprint.get("/<address>")
@public(OPEN)
def show(address: str) -> str:
    """A chapter, beside the list of all of them."""
    chapter = chapter_at(address) or abort(404)
    return render_template(
        "handbook/show.html",
        chapter=chapter,
        text=chapter_html(chapter),
        language_of_chapters=LANGUAGE,
        listed=SideList(_("使用手册"), "", 0, (("", tuple(_listed(each, chapter) for each in chapters())),)),
    )


def _listed(each: Chapter, present: Chapter) -> ListedPlace:
    current = "page" if each == present else ""
    return ListedPlace(each.title, url_for(".show", address=each.address), current, language=LANGUAGE)


@blueprint.get("/images/<path:name>")
@public(OPEN)
def image(name: str) -> BaseResponse:
    """A picture of a chapter."""
    return send_from_directory(IMAGES, name)


def help_url() -> str:
    """The address of the chapter that explains the present page."""
    chapter = chapter_named(chapter_name_of((request.endpoint or "") if request else ""))
    return url_for("handbook.show", address=chapter.address) if chapter else url_for("handbook.index")


def init_handbook(app: Flask) -> None:
    """Give every template the address of its help."""
    app.jinja_env.globals["help_url"] = help_url
