"""Reports for people: pictures, drawings, charts, pages and PDF."""
