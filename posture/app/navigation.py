"""The way through the pages: their order and names, what leads on and back, and the language they speak."""

from __future__ import annotations

import base64
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import streamlit as st

from posture.app import questionnaire, session
from posture.app.auth import PAGES_HEADER, SESSION_COOKIE, SIGN_OUT
from posture.errors import Issue
from posture.knowledge.load import Knowledge
from posture.render.drawings import drawing_file, signs, standing_alone
from posture.text.labels import sentence
from posture.text.language import Language, language_names, load_language

#: Pages in their order: name, title, icon.
STEPS = (
    ("start", "Start", ":material/home:"),
    ("guide", "Guide", ":material/menu_book:"),
    ("photo", "Photo", ":material/photo_camera:"),
    ("result", "Result", ":material/accessibility_new:"),
    ("safety", "Safety", ":material/health_and_safety:"),
    ("refine", "More reliable", ":material/straighten:"),
    ("plan", "Plan", ":material/event_note:"),
    ("take_away", "Save and print", ":material/download:"),
    ("compare", "Before and after", ":material/compare:"),
)
#: Pages for a clinic, in a menu of their own.
CLINIC = (
    ("review", "Review photos", ":material/fact_check:"),
    ("clients", "Clients", ":material/folder_shared:"),
)
CLINIC_NEEDS = ("sqlalchemy", "alembic", "fhir")
#: Pages before a camera that goes on.
LIVE = (
    ("live", "Live check", ":material/videocam:"),
    ("coach", "Coach", ":material/self_improvement:"),
    ("desk", "At the desk", ":material/chair:"),
)
LIVE_NEEDS = ("streamlit_webrtc",)
#: Held while pages and models are imported: one thread at a time.
importing = threading.Lock()


def chosen_language() -> Language:
    """The language chosen, else the browser's where there is one."""
    chosen = questionnaire.answer("language")
    if chosen is None:
        browser = (st.context.locale or "en")[:2]
        chosen = browser if browser in language_names() else "en"
    return load_language(chosen, Knowledge.load())


def tr(text: str, **places: str) -> str:
    """A text of the page in the language chosen, its places filled."""
    said = chosen_language().text(text)
    return said.format(**places) if places else said


def page_of(name: str, folder: str = "steps") -> Callable[[], None]:
    """The function that draws a page, which loads its file when it is shown."""

    def show() -> None:
        with importing:
            step = import_module(f"posture.app.{folder}.{name}")
        step.show()

    show.__name__ = name
    return show


def pages() -> dict[str, Any]:
    """Every page by its name, as Streamlit navigates them."""
    return {
        name: st.Page(page_of(name), title=tr(title), icon=icon, url_path=name, default=name == "start")
        for name, title, icon in STEPS
    }


def clinic_pages() -> dict[str, Any]:
    """The clinic's pages by their names; none for who came by the link alone, or where its libraries are missing."""
    if st.context.headers.get(PAGES_HEADER) != "clinic" or not all(map(find_spec, CLINIC_NEEDS)):
        return {}
    return {
        name: st.Page(page_of(name, "clinic"), title=tr(title), icon=icon, url_path=name)
        for name, title, icon in CLINIC
    }


def live_pages() -> dict[str, Any]:
    """The live pages by their names; none where their library is missing."""
    if not all(map(find_spec, LIVE_NEEDS)):
        return {}
    return {
        name: st.Page(page_of(name, "live"), title=tr(title), icon=icon, url_path=name) for name, title, icon in LIVE
    }


def bring_to(box: str = "") -> None:
    """Have the next page drawn shown from the box of this key, else from its heading; that takes the focus."""
    st.session_state["way"] = box, secrets.token_hex(4)


def navigate(name: str, box: str = "") -> None:
    """Show another page, from its heading or from a box in it."""
    bring_to(box)
    st.switch_page((pages() | live_pages() | clinic_pages())[name])


def on_and_back(name: str, on: Literal["primary", "secondary", "nowhere"] = "primary", onto: str = "") -> None:
    """The two buttons at the end of a page.

    on : the kind of the one that leads on, if any does · onto : where it leads, the next step where not said
    """
    names = [step for step, _, _ in STEPS]
    titles = {step: title for step, title, _ in STEPS}
    at = names.index(name)
    st.space("small")
    back, forward = st.columns(2)
    if at and back.button("← " + tr(titles[names[at - 1]]), key=f"back_{name}"):
        navigate(names[at - 1])
    onto = onto or names[min(at + 1, len(names) - 1)]
    if on != "nowhere" and onto != name:
        words = tr(titles[onto])
        if forward.button(words + " →", type=on, key=f"on_{name}", width="stretch"):
            navigate(onto)


def refusal(reason: Issue) -> None:
    """A friendly card: what was seen, and the one thing to do."""
    with st.container(border=True):
        picture, words = st.columns([1, 3], vertical_alignment="center")
        with picture:
            drawing("guide_photo", tr("How to take the photo"), 110)
        words.markdown(f"**{sentence(tr(reason.message))}.**")
        words.markdown(f"{tr('Next time')}: {tr(reason.retake)}.")


def drawing(name: str, words: str, width_px: int) -> None:
    """An exercise's or guide's drawing; ``words`` for those who do not see it."""
    picture(drawing_file(name), words, f"{width_px}px")


def legend(names: Iterable[str]) -> None:
    """Legend of the signs in the drawings of some exercises."""
    parts = [
        '<span style="display:inline-block;margin-right:1.2em">'
        f'<img alt="" style="{_SIGN}" src="{_data(standing_alone(svg))}"> {escape(words)}</span>'
        for svg, words in signs(names, chosen_language().text)
    ]
    if parts:
        st.html(f'<p style="font-size:.875rem;margin:0">{escape(tr("In the drawings"))}: {"".join(parts)}</p>')


#: A sign of the drawings stands on white, as they do.
_SIGN = "width:2em;height:1em;vertical-align:-.15em;background:#fff;border-radius:.2em"


def _data(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def picture(svg: str, words: str, width: str = "100%") -> None:
    """An SVG that stands alone, as wide as asked for and never wider than the page."""
    style = f"display:block;margin:auto;width:{width};max-width:100%;background:#fff;border-radius:0.6rem"
    st.html(f'<img alt="{escape(words)}" style="{style}" src="{_data(svg)}">')


def head() -> None:
    """Top of every page: the language, and the button that forgets everything."""
    with st.container(key="head", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        # another key closes it once everything was forgotten
        forget = st.popover(
            tr("Forget everything"),
            type="tertiary",
            icon=":material/delete_forever:",
            width="content",
            key=f"forget_{session.generation()}",
        )
        key = questionnaire.ANSWER_KEY + "language"
        st.segmented_control(
            tr("Language"),
            list(language_names()),
            # a choice that is kept and a default would quarrel
            default=None if key in st.session_state else chosen_language().code,
            required=True,
            format_func=language_names().__getitem__,
            key=key,
            label_visibility="collapsed",
            width="content",
        )
    with forget:
        st.write(tr("Photos, answers and results of this visit are gone then. Saved files stay where they are."))
        if st.button(tr("Yes, forget everything"), type="primary", on_click=session.forget):
            navigate("start")


def footer() -> None:
    """End of every page: privacy."""
    st.divider()
    st.caption(
        tr(
            "Your photos stay in this computer's memory and go nowhere else. They are forgotten when you say so, an "
            "hour after you close the page, or when posture is stopped."
        )
    )
    if SESSION_COOKIE in st.context.cookies:
        st.html(f'<a href="{SIGN_OUT}" target="_self">{escape(tr("Sign out"))}</a>')


def plain(text: str) -> str:
    """A text that somebody typed as Markdown that shows it as it is: ids, names of files, reasons."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", " ".join(text.split()))


def download(column: Any, words: str, made: Callable[[], str | bytes], name: str, kind: str | None = None) -> None:
    """A button for a file that is made when it is asked for; ``kind`` is its media type."""
    column.download_button(tr(words), made, name, kind, width="stretch", icon=":material/download:", on_click="ignore")


def table(rows: Sequence[Mapping[str, str]]) -> None:
    """A table by its rows; the first row names the columns. Plain Markdown: it needs no more code in the browser."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    st.markdown(
        "\n".join("| " + " | ".join(re.sub(r"(?<!\\)\|", r"\|", cell) for cell in line) + " |" for line in lines)
    )
