"""Who may see which rows, and why nobody but an administrator can run SQL of their own."""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import json
import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from accounts import ANALYST_DATABASE
from audience import ENGINEER, is_open, viewer_kinds
from database_login import cache_key
from edition import EditionKeys
from flask import g
from flask_login import current_user
from logins import is_alive
from questions import Question, open_question
from signing_in import PROVIDER, is_plain_name, person
from stored_chart import COMPARED, form_data_refusal, query_refusal
from superset.errors import ErrorLevel, SupersetError, SupersetErrorType
from superset.exceptions import SupersetSecurityException
from superset.security import SupersetSecurityManager
from superset.utils.log import DBEventLogger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from superset.common.query_context import QueryContext
    from superset.viz import BaseViz

QUERY_FIELDS = (*COMPARED, "filter", "row_limit", "result_type")
PUBLIC_GRANTS_SECONDS = 60.0
MOST_QUESTIONS = 1000  # many times the city's charts and filters
STEPS_OF_AN_ANSWER = {
    "ChartDataRestApi.data",
    "ChartDataRestApi.get_data",
    "ChartDataRestApi.json_dumps",
    "QueryObject.post_processing",
    "_get_data_response",
    "execute_sql",
    "load_into_dataframe",
}


class StoredChartSecurityManager(EditionKeys, SupersetSecurityManager):  # type: ignore[misc]
    """Superset's security manager, which lets viewers ask for stored charts only."""

    _public_grants: frozenset[tuple[str, str]] = frozenset()
    _public_grants_read_at = float("-inf")

    def register_views(self) -> None:
        """As Superset's own, which limits the page with the form but not the address that takes passwords."""
        super().register_views()
        self.limiter.limit(self.auth_rate_limit, methods=["POST"])(self.auth_view.blueprint)

    def load_user(self, pk: int) -> Any | None:
        """The user of a session whose login was not ended."""
        return super().load_user(pk) if is_alive() else None

    def get_oauth_user_info(self, provider: str, resp: Mapping[str, Any]) -> dict[str, Any]:
        """Who signed in, by the claims of the ID token, whose signature, issuer and nonce were checked before."""
        return person(resp["userinfo"], os.environ) if provider == PROVIDER else {}

    def auth_user_ldap(self, username: str, password: str) -> Any | None:
        """As Superset's own, which puts the name into LDAP's filter as it was typed."""
        return super().auth_user_ldap(username, password) if is_plain_name(username) else None

    def raise_for_access(self, **kwargs: Any) -> None:
        """Refuse what the user may not read, and every query that is not a stored chart's own."""
        super().raise_for_access(**kwargs)
        if self.is_admin():
            return
        if any(kwargs.get(way) is not None for way in ("query", "sql", "table")) and not self._is_analysis(kwargs):
            raise refusal("sql")
        if (dashboard := kwargs.get("dashboard")) is not None and not is_open(dashboard):
            raise refusal("dashboard")
        if (chart := kwargs.get("chart")) is not None and not any(map(is_open, chart.dashboards)):
            raise refusal("chart")
        if (query_context := kwargs.get("query_context")) is not None:
            self._refuse_foreign_queries(query_context)
        if (viz := kwargs.get("viz")) is not None:
            self._refuse_foreign_form_data(viz)

    def get_rls_cache_key(self, datasource: Any) -> list[str]:
        """As Superset's own, and the login in the database, for it decides which rows there are."""
        return [*super().get_rls_cache_key(datasource), *cache_key(datasource)]

    def _is_analysis(self, asked: Mapping[str, Any]) -> bool:
        """A data engineer's own SQL, under the login that is made for it."""
        database = asked.get("database") or getattr(asked.get("query"), "database", None)
        return database is not None and database.database_name == ANALYST_DATABASE and ENGINEER in viewer_kinds()

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """As Superset's own, but the role is read once a minute instead of several times a request."""
        if time.monotonic() - self._public_grants_read_at > PUBLIC_GRANTS_SECONDS:
            granted = self.get_public_permissions()
            self._public_grants = frozenset((item.permission.name, item.view_menu.name) for item in granted)
            self._public_grants_read_at = time.monotonic()
        return (permission_name, view_name) in self._public_grants

    def _has_view_access(self, user: Any, permission_name: str, view_name: str) -> bool:
        """As Superset's own, which asks its database up to three times for the same within a request."""
        known: dict[tuple[str, str, str], bool] = g.setdefault("view_access", {})
        asked = (user.get_id(), permission_name, view_name)
        if asked not in known:
            known[asked] = super()._has_view_access(user, permission_name, view_name)
        return known[asked]

    def _refuse_foreign_queries(self, context: QueryContext) -> None:
        question = self._open_question(context.form_data)
        self._refuse_foreign_datasource(context.datasource, question)
        if context.result_type not in ("full", "results", "post_processed"):
            raise refusal("result_type")
        stored = stored_queries(json.dumps(question.context), context.datasource.changed_on)
        if len(context.queries) > len(stored):
            raise refusal("queries")
        columns = names_of_columns(context.datasource)
        for query in context.queries:
            if reason := query_refusal(query_fields(query), stored, columns):
                raise refusal(reason)
        if not current_user.is_authenticated:
            context.force = False  # the public may not go past the cache
            context.custom_cache_timeout = None

    def _refuse_foreign_form_data(self, viz: BaseViz) -> None:
        question = self._open_question(viz.form_data)
        self._refuse_foreign_datasource(viz.datasource, question)
        if reason := form_data_refusal(viz.form_data, question.form_data, names_of_columns(viz.datasource)):
            raise refusal(reason)

    def _open_question(self, form_data: Any) -> Question:
        question = open_question(form_data)
        if question is None:
            raise refusal("slice_id")
        return question

    def _refuse_foreign_datasource(self, datasource: Any, question: Question) -> None:
        if (datasource.id, datasource.type) != question.datasource:
            raise refusal("datasource")


class OfficialsEventLogger(DBEventLogger):  # type: ignore[misc]
    """Superset's log of actions, without a row for every anonymous viewer's refresh and for each step of each chart's answer.

    Who opened which dashboard stands in it, and own SQL among Superset's queries. A step more would be a commit, after which
    Superset reads anew all that it had read for the answer.
    """

    def log(self, user_id: int | None, action: str, *args: Any, **kwargs: Any) -> None:
        if user_id is not None and action not in STEPS_OF_AN_ANSWER:
            super().log(user_id, action, *args, **kwargs)


@lru_cache(maxsize=MOST_QUESTIONS)
def stored_queries(question: str, _dataset_changed_on: datetime | None) -> list[dict[str, Any]]:
    """The queries of a stored question, read the way Superset reads a request.

    Reading them is as much work as reading the request, and they are others only when the chart is, or what its dataset is.
    """
    from superset.charts.schemas import ChartDataQueryContextSchema

    context = ChartDataQueryContextSchema().load(json.loads(question))
    return [query_fields(query) for query in context.queries]


def names_of_columns(datasource: Any) -> set[str]:
    return {column.column_name for column in datasource.columns}


def query_fields(query: Any) -> dict[str, Any]:
    return {field: getattr(query, field) for field in QUERY_FIELDS}


def refusal(what: str) -> SupersetSecurityException:
    g.refusal = f"Ditolak: permintaan berbeda dari grafik yang tersimpan ({what})."
    return SupersetSecurityException(
        SupersetError(
            error_type=SupersetErrorType.CHART_SECURITY_ACCESS_ERROR, message=g.refusal, level=ErrorLevel.WARNING
        )
    )
