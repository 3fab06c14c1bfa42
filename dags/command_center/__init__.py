"""The data room of a city: intake, audit, publication, reports."""
