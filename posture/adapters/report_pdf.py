"""The report page as PDF, by WeasyPrint, which needs the Pango library of the system."""

from __future__ import annotations

from posture.errors import SetupError

#: WeasyPrint cannot break grids over pages: the drawing floats instead.
_ON_PAPER = """
.exercise:has(figure) { display: block !important; }
.exercise figure { float: right; width: 46%; margin-left: 6mm; }
.exercise { overflow: auto; }
.scroll { overflow: visible !important; }
"""


def to_pdf(page: str) -> bytes:
    """A page of `report_html` or `plan_html` as PDF; whatever it asks for from outside is refused.

    Raises SetupError, with what to install, where WeasyPrint or Pango is missing.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: the Python package is there, Pango is not
        raise SetupError(
            "PDF needs the Pango library: install the package libpango-1.0-0 (Debian, Ubuntu) or pango (macOS, "
            "Fedora); until then print the HTML page, it is made for paper"
        ) from error
    paper = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return bytes(paper.write_pdf(stylesheets=[CSS(string=_ON_PAPER)]))
