"""The audit at the door: Great Expectations on one batch's typed stage table.

An expectation with `quarantine: true` sets the offending rows aside, or leaves out only the values of the columns in `empties`,
or of the one column that it is about, if that is emptied when it is bad (`on_bad`).
Of the others, `critical` holds the batch and `warning` or `info` lets it through with a footnote.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

import yaml
from psycopg import sql
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from command_center.database import Connection, all_values, one_row
from command_center.declaration.source import Source, Table
from command_center.errors import DeclarationError
from command_center.intake import stage
from command_center.intake.stage import Stage
from command_center.ledger.audit import record
from command_center.settings import settings

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.interfaces import Batch


class Expectation(BaseModel):
    """One line of expectations/<source>.yml; type and kwargs are Great Expectations' own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    kwargs: dict[str, Any]
    severity: Literal["critical", "warning", "info"] = "critical"
    quarantine: bool = False
    empties: list[str] = []
    reason: str

    @model_validator(mode="after")
    def only_what_is_set_aside_is_emptied(self) -> Expectation:
        if self.empties and not self.quarantine:
            raise ValueError("'empties' says what a broken row loses, so it needs 'quarantine: true'")
        return self

    @property
    def about(self) -> str:
        """The column it is about, or what the whole row breaks."""
        return str(self.kwargs.get("column", self.kwargs.get("column_A", "")))

    def leaves_out(self, table: Table) -> list[str]:
        """The columns whose values go, while the rows that break it go on; none where these are set aside."""
        if not self.quarantine:
            return []
        return self.empties or ([self.about] if table.leaves_out(self.about) else [])


@dataclass
class Verdict:
    """What the audit says: why to hold, what to footnote, and the reasons of rows that it marked.

    A footnote is about the rows in `doubtful`, or about the whole batch where none can be told.
    """

    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    is_doubtful: bool = False
    rules: dict[str, str] = field(default_factory=dict)


def rules_text(source: Source) -> str:
    """The expectations file of a source as text. Raises DeclarationError when there is none."""
    path = settings().cc_expectations_dir / f"{source.source}.yml"
    if not path.exists():
        raise DeclarationError(f"expectations/{source.source}.yml is missing; every source needs its expectations.")
    return path.read_text(encoding="utf-8")


def expectations(source: Source) -> dict[str, list[Expectation]]:
    """Expectations by table. Raises DeclarationError naming file, table, number and what is wrong."""
    name = f"expectations/{source.source}.yml"
    by_table = _read_rules(name, rules_text(source))
    for table, rules in by_table.items():
        if table not in source.tables:
            raise DeclarationError(f"{name}: there is no table {table!r} in {source.source}.yml.")
        may_be_empty = {column.name for column in source.tables[table].stored if not column.required}
        for column in (column for rule in rules for column in rule.empties if column not in may_be_empty):
            raise DeclarationError(
                f"{name}: 'empties' of {table} names {column!r}, which is no column of {source.source}.yml that may be empty; "
                "name one that is not 'required', or take 'empties' away."
            )
    return by_table


@lru_cache(maxsize=8)
def _read_rules(name: str, text: str) -> dict[str, list[Expectation]]:
    """A source of many parts asks for the same text many times."""
    try:
        declared = yaml.safe_load(text)
        return TypeAdapter(dict[str, list[Expectation]]).validate_python(declared)
    except yaml.YAMLError as error:
        raise DeclarationError(f"{name}: not readable as YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        detail = error.errors()[0]
        raise DeclarationError(f"{name}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None


def audit(connection: Connection, source: Source, table: str, staged: Stage) -> Verdict:
    """Judge the committed typed stage table; marks rows to set aside, records the result in the ledger."""
    declared = expectations(source).get(table, [])
    verdict = Verdict()
    if not declared:
        return verdict
    warm_up()  # waits for a thread that has begun with it: half of it cannot be imported from
    _judge_by_count()
    _look_at_no_stack()
    _offending.set({})
    with _batch(staged) as batch, _each_configured_once():
        result = batch.validate(_suite(source, table, dict(enumerate(declared))), result_format=VERDICT)
        unclear = {_number(one): declared[_number(one)] for one in result.results if not _says_enough(declared, one)}
        if unclear:
            # Details cost several times the verdict, so only what failed is asked for them.
            details = batch.validate(_suite(source, table, unclear), result_format=COMPLETE)
            result.results = [one for one in result.results if _number(one) not in unclear] + details.results
    for one in result.results:
        _judge(connection, source, staged, declared, one, verdict)
    _record(connection, staged, result)
    return verdict


def _says_enough(declared: list[Expectation], result: Any) -> bool:
    """Of rows to set aside the query is known, and they are asked for later, once; an exception is told in any case."""
    expectation = declared[_number(result)]
    is_query_known = "unexpected_rows_query" in expectation.kwargs or result.result.get("unexpected_index_query")
    return bool(result.success) or bool(
        expectation.quarantine and is_query_known and _exception(result.exception_info) is None
    )


def _number(result: Any) -> int:
    return int(result.expectation_config.meta["number"])


COMPLETE = {"result_format": "COMPLETE", "unexpected_index_column_names": ["_row"]}
VERDICT = COMPLETE | {"result_format": "BOOLEAN_ONLY", "return_unexpected_index_query": True}


def warm_up() -> Any:
    """Great Expectations itself, whose import takes seconds: a thread may begin with it while other things are prepared."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    logging.getLogger("great_expectations.data_context.types.base").addFilter(_is_a_warning)  # it sets its own level
    import great_expectations

    return great_expectations


def _is_a_warning(told: logging.LogRecord) -> bool:
    return told.levelno >= logging.WARNING


def _nothing() -> None:
    """What this context knows it knows in memory."""


@cache
def _datasource(dsn: str) -> Any:
    """Great Expectations' connection to the warehouse; made once per process."""
    gx = warm_up()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    context._save_project_config = _nothing  # as YAML, for nobody, three times for each batch: a tenth of its load
    address = dsn.replace("postgresql://", "postgresql+psycopg2://", 1)
    # A connection that the server has ended since the last batch is made anew.
    return context.data_sources.add_postgres("warehouse", connection_string=address, kwargs={"pool_pre_ping": True})


@contextmanager
def _batch(staged: Stage) -> Iterator[Batch]:
    name = f"b{staged.batch_id}"
    datasource = _datasource(settings().dsn("loader"))
    asset = datasource.add_table_asset(name, table_name=name, schema_name="stage")
    try:
        yield asset.add_batch_definition_whole_table("whole").get_batch()
    finally:
        datasource.delete_asset(name)


# By a rule's query the numbers of the rows that it found, as long as no value was left out since.
_offending: ContextVar[dict[str, list[int]]] = ContextVar("offending")
_configured: ContextVar[dict[int, tuple[Any, Any]] | None] = ContextVar("configured", default=None)


@contextmanager
def _each_configured_once() -> Iterator[None]:
    """Great Expectations makes the same configuration of a rule dozens of times in an audit, which is a third of its time."""
    _keep_configurations()
    token = _configured.set({})
    try:
        yield
    finally:
        _configured.reset(token)


@cache
def _keep_configurations() -> None:
    from great_expectations.expectations.expectation import Expectation as Rule

    made = Rule.configuration

    def configuration(rule: Rule) -> Any:
        kept = _configured.get()
        if kept is None:
            return made.__get__(rule)
        if id(rule) not in kept:
            kept[id(rule)] = rule, made.__get__(rule)  # with the rule, whose number another would have after it
        return kept[id(rule)][1]

    Rule.configuration = property(configuration)


def _no_stack() -> tuple[()]:
    """Nobody calls it that it looks for."""
    return ()


@cache
def _look_at_no_stack() -> None:
    """For each decimal number that it reads, Great Expectations looks whether its own profiler called it, in the files of all
    modules: a third of a second for the first."""
    from great_expectations import util

    util.stack = _no_stack


@cache
def _judge_by_count() -> None:
    """A rule that is a query is run once: its rows are counted here, and their numbers kept. Great Expectations would count them in
    the database, and run the query again for their values, which nobody reads."""
    from great_expectations.compatibility.sqlalchemy import sqlalchemy
    from great_expectations.core.metric_domain_types import MetricDomainTypes
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.expectations import registry
    from great_expectations.expectations.core import UnexpectedRowsExpectation as Rule
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.query_metrics.query_row_count.unexpected_rows_query_row_count import (
        UnexpectedRowsQueryRowCount as Counted,
    )

    needed, validate, rows = Rule.get_validation_dependencies, Rule._validate, "unexpected_rows_query.table"

    def get_validation_dependencies(rule: Rule, *arguments: Any, **named: Any) -> Any:
        found = needed(rule, *arguments, **named)
        found.remove_metric_configuration(rows)
        return found

    def count(execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any, **others: Any) -> int:
        query, known = Counted._get_query_from_metric_value_kwargs(metric_value_kwargs), _offending.get()
        if query not in known:
            batch, *_ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
            text = Counted._get_substituted_batch_subquery_from_query_and_batch_selectable(
                query=query, batch_selectable=batch, execution_engine=execution_engine
            )
            numbers = sqlalchemy.text(f"select _row from ({text}) as offending")
            known[query] = execution_engine.execute_query(numbers).scalars().all()
        return len(known[query])

    def _validate(rule: Rule, metrics: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        return validate(rule, {rows: None, **metrics}, *arguments, **named)

    Rule.get_validation_dependencies = get_validation_dependencies
    Rule._validate = _validate
    providers = registry._registered_metrics[Counted.metric_name]["providers"]
    providers[SqlAlchemyExecutionEngine.__name__] = Counted, metric_value(engine=SqlAlchemyExecutionEngine)(count)


def _suite(source: Source, table: str, chosen: dict[int, Expectation]) -> Any:
    from great_expectations.core import ExpectationSuite

    return ExpectationSuite(
        name=f"{source.source}.{table}",
        expectations=[
            {
                "type": one.type,
                "kwargs": one.kwargs,
                "severity": one.severity,
                "meta": {"number": number, "reason": one.reason},
            }
            for number, one in chosen.items()
        ],
    )


def _judge(
    connection: Connection, source: Source, staged: Stage, declared: list[Expectation], result: Any, verdict: Verdict
) -> None:
    if result.success:
        return
    number = _number(result)
    expectation = declared[number]
    trouble = _exception(result.exception_info)
    if trouble:
        raise DeclarationError(
            f"expectations/{source.source}.yml: {expectation.type} {expectation.kwargs} cannot be evaluated: {trouble}"
        )
    rows = _rows(connection, staged, expectation, result) if expectation.quarantine else []
    if expectation.quarantine and "unexpected_count" not in result.result:
        result.result |= _shares(connection, staged, expectation, len(rows))
    if emptied := expectation.leaves_out(staged.table):
        for column in emptied:
            _leave_out(connection, staged, expectation, column, rows, verdict)
        return
    if expectation.quarantine:
        mark = f"{expectation.about}#aturan{number}"
        stage.mark(connection, staged, rows, mark)
        verdict.rules[mark] = expectation.reason
        return
    sentence = (
        f"{expectation.type} on {expectation.about or 'the table'} failed ({expectation.reason}){_observed(result)}"
    )
    if expectation.severity == "critical":
        verdict.refusals.append(sentence)
    else:
        verdict.warnings.append(sentence)
        _doubt(connection, staged, expectation, result, verdict)


ENDS_OF_QUERIES = "; \t\r\n\v\f"  # which Great Expectations takes away
FEW = 10  # values; a share of less says nothing


def _leave_out(
    connection: Connection, staged: Stage, expectation: Expectation, column: str, rows: list[int], verdict: Verdict
) -> None:
    """Empty the values; a column that loses most of them says that it has changed, as one of another type does."""
    filled = stage.filled(connection, staged, column)
    gone = stage.leave_out(connection, staged, column, rows, expectation.reason)
    if gone:
        _offending.set({})
    if gone > FEW and gone * 2 > filled and staged.table.drift.retyped == "hold":
        verdict.refusals.append(
            f"{gone} of {filled} values of column {column!r} break a rule ({expectation.reason.rstrip('.')}); the column seems to "
            "have changed"
        )


@dataclass(frozen=True)
class Measured:
    """Rows of the stage table, and those with a value of a column."""

    rows: int
    filled: int


def _shares(connection: Connection, staged: Stage, expectation: Expectation, unexpected: int) -> dict[str, float]:
    """What Great Expectations says of a failed rule, from the rows that were asked for anyway."""
    column = expectation.kwargs.get("column")
    value = sql.SQL("*") if column is None else sql.Identifier(column)
    query = sql.SQL("select count(*) as rows, count({}) as filled from {}").format(value, staged.typed)
    found = one_row(connection, Measured, query)
    shares = {"unexpected_percent": found.filled, "unexpected_percent_total": found.rows}
    return {"element_count": found.rows, "unexpected_count": unexpected} | {
        name: 100 * unexpected / of if of else 0.0 for name, of in shares.items()
    }


def _doubt(connection: Connection, staged: Stage, expectation: Expectation, result: Any, verdict: Verdict) -> None:
    if "unexpected_rows_query" in expectation.kwargs or result.result.get("unexpected_index_query"):
        verdict.doubtful += _rows(connection, staged, expectation, result)
    else:
        verdict.is_doubtful = True


def _exception(info: Any) -> str | None:
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    messages = [str(entry.get("exception_message")) for entry in entries if entry.get("raised_exception")]
    return messages[0] if messages else None


def _rows(connection: Connection, staged: Stage, expectation: Expectation, result: Any) -> list[int]:
    """Numbers of all offending rows; Great Expectations itself lists only the first few of some expectations."""
    if "unexpected_rows_query" in expectation.kwargs:
        text = str(expectation.kwargs["unexpected_rows_query"])
        if (known := _offending.get().get(text.rstrip(ENDS_OF_QUERIES))) is not None:
            return known
        query = text.replace("{batch}", f'stage."b{staged.batch_id}"')
    else:
        query = str(result.result["unexpected_index_query"]).rstrip().rstrip(";")
    return all_values(connection, int, sql.SQL("select _row from ({}) as offending").format(sql.SQL(query)))


def _observed(result: Any) -> str:
    if result.result.get("observed_value") is not None:
        return f", observed {result.result['observed_value']}"
    count = result.result.get("unexpected_count")
    return f", {count} rows" if count is not None else ""


def _record(connection: Connection, staged: Stage, result: Any) -> None:
    for one in result.results:
        # Lists of values could carry more than a log may hold; the rows themselves are in ops.quarantine. They go before
        # the result becomes JSON: Great Expectations walks the whole call stack for each decimal number that it writes.
        one.result = {
            key: value
            for key, value in one.result.items()
            if not key.startswith(("unexpected_", "partial_", "details")) or key in KEPT
        }
    record(connection, staged.batch_id, success=bool(result.success), result=result.to_json_dict())


KEPT = ("unexpected_count", "unexpected_percent", "unexpected_percent_total", "unexpected_percent_nonmissing")
