"""Reports for other programs: CSV, FHIR, calendars."""
