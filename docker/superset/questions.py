"""What a request names as its own: a stored chart, or a filter of a dashboard, with the queries that it asks."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audience import is_open
from stored_chart import filter_query

LARGEST_NUMBER = 2**31


@dataclass(frozen=True)
class Question:
    """What may be asked, as it would be sent, and the dashboards of which one must be open to the asker."""

    context: Mapping[str, Any]
    dashboards: Sequence[Any]

    @property
    def datasource(self) -> tuple[int, str]:
        return self.context["datasource"]["id"], self.context["datasource"]["type"]

    @property
    def queries(self) -> Sequence[Mapping[str, Any]]:
        queries: Sequence[Mapping[str, Any]] = self.context["queries"]
        return queries

    @property
    def form_data(self) -> Mapping[str, Any]:
        return self.context.get("form_data") or {}

    @property
    def columns(self) -> set[str]:
        """What its dataset has, by which it may be narrowed."""
        from superset.connectors.sqla.models import SqlaTable

        dataset = _stored(SqlaTable, self.datasource[0])
        return {column.column_name for column in dataset.columns} if dataset else set()


def open_question(form_data: Any) -> Question | None:
    """The stored question that is named, where a dashboard that shows it is open to whoever is asking; else None."""
    question = question_of(form_data)
    return question if question is not None and any(map(is_open, question.dashboards)) else None


def question_of(form_data: Any) -> Question | None:
    """The stored question that a request's form data name; None when there is none."""
    if not isinstance(form_data, Mapping):
        return None
    if form_data.get("native_filter_id") is not None:
        return _question_of_filter(form_data.get("dashboardId"), form_data["native_filter_id"])
    return _question_of_chart(form_data.get("slice_id"))


def _question_of_chart(number: Any) -> Question | None:
    from superset.models.slice import Slice

    chart = _stored(Slice, number)
    if chart is None or not chart.query_context:
        return None
    datasource = {"id": chart.datasource_id, "type": chart.datasource_type}
    return Question(json.loads(chart.query_context) | {"datasource": datasource}, chart.dashboards)


def _question_of_filter(number: Any, filter_id: Any) -> Question | None:
    from superset.models.dashboard import Dashboard

    dashboard = _stored(Dashboard, number)
    metadata = json.loads(dashboard.json_metadata or "{}") if dashboard else {}
    for stored in metadata.get("native_filter_configuration") or []:
        if stored.get("id") == filter_id and (asked := filter_query(stored, rows_of_a_filter())):
            datasource = {"id": stored["targets"][0]["datasetId"], "type": "table"}
            context = {"result_format": "json", "result_type": "full", "datasource": datasource, "queries": [asked]}
            return Question(context, [dashboard])
    return None


def rows_of_a_filter() -> int:
    from flask import current_app

    return int(current_app.config["NATIVE_FILTER_DEFAULT_ROW_LIMIT"])


def _stored(kind: Any, number: Any) -> Any:
    from superset.extensions import db

    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 < number < LARGEST_NUMBER
    return db.session.get(kind, number) if is_number else None
