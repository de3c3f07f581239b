"""The script that Streamlit runs for every visitor: the frame round the pages."""

from __future__ import annotations

from importlib import resources

import streamlit as st

from posture.app import internals, navigation, questionnaire, server, session, tab
from posture.errors import PostureError
from posture.render import theme

#: A file: for a named icon Streamlit makes every browser ask a server far away.
ICON = str(resources.files("posture") / "data" / "icon.svg")
#: Room on wide pages, less of it empty above the title, and small print that everybody can read (contrast AA).
STYLE = """<style>
[data-testid="stMainBlockContainer"] { max-width: 62rem; padding-top: 4rem; }
[data-testid="stCaptionContainer"], [data-testid="stImageCaption"], [data-testid="stImageCaption"] *,
[data-testid="stCaptionContainer"] *, [data-testid="stFileUploaderDropzone"] span { color: inherit; opacity: 0.9; }
[data-testid^="stBaseButton-primary"] * { color: light-dark(#fff, #06281b); }
[class*="st-key-place_"] { min-height: 70vh; }
[class*="st-key-"] { scroll-margin-top: 5rem; }
.st-key-emergency { scroll-margin-top: 13rem; }
:focus-visible { outline: 3px solid light-dark(ACCENT, DARK_ACCENT) !important; outline-offset: 2px; }
h1:focus-visible { outline: none !important; }
:is([role="group"], [data-testid="stNumberInputContainer"]):has(> input:focus-visible) {
  outline: 3px solid light-dark(ACCENT, DARK_ACCENT); outline-offset: 2px; }
:is([role="group"], [data-testid="stNumberInputContainer"]) > input:focus-visible { outline: none !important; }
.st-key-tab_keeper { display: none; }
.st-key-head { margin: -1.5rem 0; }
kbd { color: inherit !important; opacity: 1 !important; }
[data-testid="stMarkdownContainer"] table { display: block; overflow-x: auto; }
@media (max-width: 640px) {
  [data-testid="stMarkdownContainer"] :is(th, td) { padding: 0.3rem 0.4rem; font-size: 0.875rem; }
  [data-testid="stMarkdownContainer"] :is(th, td):nth-child(-n + 2) { min-width: 6rem; }
}
</style>""".replace("DARK_ACCENT", theme.DARK_ACCENT).replace("ACCENT", theme.ACCENT)
#: What Streamlit leaves out: the language, its skip link in it, a name for an upload's hidden input; and on a
#: phone the list of pages closes once one was chosen. It runs anew whenever its text is another, page by page.
BROWSER = """<script>
document.documentElement.lang = "{language}";  // {page}
if (!window.postureNames) {{
  window.postureNames = () => document.querySelectorAll('section[aria-label] input[type="file"]').forEach(
    input => input.setAttribute("aria-label", input.closest("section").getAttribute("aria-label")));
  new MutationObserver(window.postureNames).observe(document.body, {{childList: true, subtree: true}});
}}
window.postureNames();
document.querySelectorAll('a[href="#stMain"]').forEach(skip => {{ skip.textContent = "{skip}"; }});
if (innerWidth < 768) {{
  const close = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
  if (close && close.getBoundingClientRect().left > 0) close.click();
}}
</script>"""
#: Another page is shown from its heading, or from the box that was asked for, and that takes the focus: Streamlit would
#: leave it where the page before was scrolled to. What is drawn later may push it away; then it is brought back, until
#: all is drawn or the visitor does something.
ARRIVAL = """<script>
(() => {{
  const now = {{page: "{page}", way: "{way}"}}, before = window.postureAt;
  window.postureAt = now;
  if (!before || (before.page === now.page && before.way === now.way)) return;
  const wanted = before.way === now.way ? "" : "{box}";
  let over = false, calm = 0;
  for (const act of ["pointerdown", "keydown", "wheel", "touchmove"])
    addEventListener(act, () => {{ over = true; }}, {{once: true, capture: true, passive: true}});
  const bring = () => {{
    if (over || window.postureAt !== now) return;
    const place = document.querySelector(".st-key-place_" + now.page);
    const drawn = document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning";
    const box = wanted && place && place.querySelector(".st-key-" + wanted);
    const at = box ? box.querySelector('summary, input, [role="alert"]') || box
      : place && (drawn || !wanted) && place.querySelector("h1");
    if (at) {{
      if (document.activeElement !== at) {{
        if (at.tabIndex < 0) at.tabIndex = -1;
        at.focus({{preventScroll: true}});
      }}
      const {{top, bottom}} = (box || at).getBoundingClientRect();
      if (!box) document.querySelector('[data-testid="stMain"]').scrollTo(0, 0);
      else if (top < 80 || bottom > innerHeight) box.scrollIntoView();
    }}
    calm = drawn && [...document.images].every(image => image.complete) ? calm + 1 : 0;
    if (calm < 5) setTimeout(bring, 50);
  }};
  bring();
}})();
</script>"""

questionnaire.keep_answers()
st.set_page_config("posture", page_icon=ICON, layout="centered")
st.html(STYLE + internals.STYLE)
tab.go_on(questionnaire.ANSWER_KEY)
menu = {
    "": navigation.pages(),
    navigation.tr("Live"): navigation.live_pages(),
    navigation.tr("Clinic"): navigation.clinic_pages(),
}
page = st.navigation({name: list(pages.values()) for name, pages in menu.items() if pages}, position="top")
box, way = st.session_state.get("way", ("", ""))
scripts = (BROWSER + ARRIVAL).format(
    language=navigation.chosen_language().code,
    skip=navigation.tr("Skip to the page itself"),
    page=page.url_path,
    box=box,
    way=way,
)
st.html(scripts + internals.own_words(navigation.tr), unsafe_allow_javascript=True)
# head and foot first: a visitor can have everything forgotten while a page still measures or fails
navigation.head()
place = st.container(key=f"place_{page.url_path}")
navigation.footer()
with place:
    try:
        page.run()
    except (PostureError, ImportError) as error:
        st.error(session.missing(error))
server.warm_up()
