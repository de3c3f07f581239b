"""The report page as PDF, by WeasyPrint, which needs the Pango library of the system."""

from __future__ import annotations

import contextlib
import io

from posture.errors import SetupError, install_hint

#: WeasyPrint cannot break grids over pages: the drawing floats instead.
_ON_PAPER = """
.exercise:has(figure) { display: block !important; }
.exercise figure { float: right; width: 46%; margin-left: 6mm; }
.exercise { overflow: auto; }
.exercise details ul { columns: 2; }
.exercise p, .exercise ol, .exercise ul { margin-bottom: 5px; }
.scroll { overflow: visible !important; }
"""


#: What to do where the Pango library is missing.
NO_PANGO = (
    "PDF needs the Pango library: install the package libpango-1.0-0 (Debian, Ubuntu) or pango (macOS, Fedora); until "
    "then print the HTML page, it is made for paper"
)


def pdf_problem() -> str:
    """Reason why no PDF can be made here, empty where one can."""
    from PIL import ImageFile

    strict = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what to do about Pango, and so does NO_PANGO
            import weasyprint  # noqa: F401
    except ModuleNotFoundError:
        return f"PDF needs WeasyPrint: {install_hint('app')}; until then print the HTML page, it is made for paper"
    except (ImportError, OSError):  # OSError: the Python package is there, Pango is not
        return NO_PANGO
    finally:
        # WeasyPrint lets Pillow take damaged pictures, everywhere; half a photo must stay an error
        ImageFile.LOAD_TRUNCATED_IMAGES = strict
    return ""


def to_pdf(page: str) -> bytes:
    """A page of `report_html` or `plan_html` as PDF; whatever it asks for from outside is refused.

    Raises SetupError, with what to install, where WeasyPrint or Pango is missing.
    """
    if problem := pdf_problem():
        raise SetupError(problem)
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    paper = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return bytes(paper.write_pdf(stylesheets=[CSS(string=_ON_PAPER)]))
