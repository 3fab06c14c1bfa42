"""The only way into schema raw: one transaction per batch, by the table's load mode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import LiteralString

from psycopg import sql

from command_center.database import Connection, connect, has_row, one_row, one_value
from command_center.declaration.source import Source, Table, raw_table
from command_center.errors import IntegrityError, SourceBusy
from command_center.extract.asking import Window
from command_center.intake import coverage, stage
from command_center.intake.ddl import TECHNICAL, column_names, create_key_index, drop_key_index
from command_center.intake.partition import Partition, analyze_grown, attach, create, is_partitioned, new_partition
from command_center.intake.stage import Stage
from command_center.ledger import raw_state
from command_center.settings import settings


@dataclass(frozen=True)
class Counts:
    """Rows written, rows that were the same already or of years that are over, and rows taken away."""

    published: int
    unchanged: int
    deleted: int
    inserted: int
    checksum: int

    @property
    def lost_pct(self) -> float:
        """How many rows fewer there are now, in percent of those that were there."""
        before = self.deleted + self.unchanged + self.published - self.inserted
        return 100 * max(self.deleted - self.inserted, 0) / before if before else 0.0

    def with_replaced(self, replaced: Rows) -> Counts:
        """The same, and rows of other parts whose place was taken."""
        return replace(self, deleted=self.deleted + replaced.rows, checksum=self.checksum ^ replaced.checksum)


@dataclass(frozen=True)
class Rows:
    """How many rows, and the XOR of their hashes."""

    rows: int
    checksum: int


@dataclass(frozen=True)
class Merged:
    """Rows that a merge wrote, and the XOR of the hashes that came and went."""

    inserted: int
    updated: int
    checksum: int


def publish(
    connection: Connection,
    source: Source,
    name: str,
    staged: Stage,
    *,
    part: str,
    window: Window,
    takes_over: bool = False,
) -> Counts:
    """Apply the typed stage table to its raw table within the caller's transaction.

    With `takes_over` rows of other parts that have one of its keys go.
    """
    raw = raw_table(source.source, name)
    lock(connection, raw)
    statement = _Statement(staged, raw, part, window, first_kept=coverage.first_kept(source, settings().now()))
    partition = new_partition(connection, raw, part)
    if partition is None and staged.table.key and statement.is_table_empty(connection):
        counts = _fill(connection, source, name, statement)
    else:
        replaced = statement.delete_repeated(connection) if takes_over else Rows(0, 0)
        counts = statement.run(connection, partition).with_replaced(replaced)
    _keep_state(connection, raw, counts, staged.batch_id)
    return counts


def _fill(connection: Connection, source: Source, name: str, statement: _Statement) -> Counts:
    """The first rows of a table: its index is built once, after them."""
    if is_partitioned(connection, raw_table(source.source, name)):  # an emptied one, whose parts each have their index
        return statement.insert_all(connection)
    connection.execute(drop_key_index(source, name))
    counts = statement.insert_all(connection)
    connection.execute(create_key_index(source, name, statement.table))
    return counts


def lock(connection: Connection, raw: str) -> None:
    """One writer at a time, until the transaction ends. Raises SourceBusy."""
    query = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    if not one_value(connection, bool, query, [f"publish:{raw}"]):
        raise SourceBusy(f"raw.{raw} is being published by another process; try again when it has ended.")


def _keep_state(connection: Connection, raw: str, counts: Counts, batch_id: int) -> None:
    """Row count and XOR of row hashes, so that a row changed by another hand shows."""
    if counts.published == counts.deleted == 0:
        return
    rows = counts.inserted - counts.deleted
    raw_state.add(connection, raw, rows=rows, checksum=counts.checksum, batch_id=batch_id)


def _kept(staged: Stage, first_kept: datetime) -> sql.Composed:
    """Rows of years that are over are not taken in again, unless the answer has no newer ones; a snapshot goes as a whole."""
    if staged.table.mode == "snapshot" or not staged.table.as_of_columns:
        return sql.SQL("").format()
    condition = " where coalesce({end} > {first}, true) or not exists (select from {typed} as t where {end} > {first})"
    return sql.SQL(condition).format(end=coverage.end(staged.table), first=sql.Literal(first_kept), typed=staged.typed)


WITHDRAWN: dict[str, LiteralString] = {
    "row": "{column} >= {oldest}",
    "month": "{column} >= date_trunc('month', {oldest}::timestamptz)",
    "year": "{column} >= date_trunc('year', {oldest}::timestamptz)",
    "part": "{oldest} is not null",
}
OTHERS: LiteralString = "{column} between {oldest} and {newest}"
OTHERS_OF_PERIOD: LiteralString = "{oldest} is not null and {column} >= {start} and {column} < {end}"


def _identifiers(names: list[str], prefix: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(prefix + "{}").format(sql.Identifier(name)) for name in names)


class _Statement:
    """The SQL of one publication."""

    def __init__(self, staged: Stage, raw: str, part: str, window: Window, *, first_kept: datetime) -> None:
        self.table: Table = staged.table
        self.staged = staged
        self.names = [column.name for column in staged.table.stored]
        self.target = sql.Identifier("raw", raw)
        self.part, self.window = part, window
        self.rows = sql.SQL(
            "select {names}, _row, _is_simulasi, {batch}::bigint as _batch_id, {part}::text as _part, {at}::timestamptz as _observed_at from {typed} as t{kept}"
        ).format(
            names=_identifiers(self.names),
            batch=sql.Literal(staged.batch_id),
            part=sql.Literal(part),
            at=sql.Literal(staged.observed_at.isoformat()),
            typed=staged.typed,
            kept=_kept(staged, first_kept),
        )
        self.batch_id, self.typed = staged.batch_id, staged.typed
        self.all_names = self.names + list(TECHNICAL)

    def run(self, connection: Connection, partition: Partition | None = None) -> Counts:
        """`partition`: what the part must have before there may be rows of it."""
        if partition is not None:
            return self._attach(connection, partition)
        if self.table.mode == "observation":
            return self._append_changes(connection)
        if not self.table.key:
            return self._replace(connection)
        if self._is_scope_empty(connection):
            return self.insert_all(connection) if self.table.mode == "snapshot" else self._insert(connection)
        return self._merge(connection)

    def _scope(self, alias: str) -> sql.Composed:
        """Rows that this batch speaks about, and whose absence from it means that they are gone."""
        if self.table.mode == "register":
            return self._scope_of_register(alias)
        conditions: list[sql.Composable] = [
            sql.SQL("{}._part = {}").format(sql.Identifier(alias), sql.Literal(self.part))
        ]
        if self.table.mode == "window" and self.table.window_column is not None:
            column = sql.Identifier(alias, self.table.window_column)
            for bound, sign in ((self.window.start, ">="), (self.window.end, "<")):
                if bound is not None:
                    conditions.append(sql.SQL("{} {} {}").format(column, sql.SQL(sign), sql.Literal(bound)))
        return sql.SQL(" and ").join(conditions)

    def _scope_of_register(self, alias: str) -> sql.Composed:
        """Of the part's own rows what is not older than `withdrawn_from` says; of another part's rows, what is not newer than
        the newest row either. An answer without rows withdraws nothing."""
        span = coverage.span_of(self.part) if self.table.withdrawn_from == "part" else None
        own, others = WITHDRAWN[self.table.withdrawn_from], OTHERS if span is None else OTHERS_OF_PERIOD
        column = self.table.window_column or ""
        return sql.SQL(f"case when {{alias}}._part = {{part}} then {own} else {others} end").format(
            column=sql.Identifier(alias, column),
            oldest=sql.SQL("(select min({}) from {})").format(sql.Identifier(column), self.typed),
            newest=sql.SQL("(select max({}) from {})").format(sql.Identifier(column), self.typed),
            start=sql.Literal(span and span.start),
            end=sql.Literal(span and span.end),
            alias=sql.Identifier(alias),
            part=sql.Literal(self.part),
        )

    def is_table_empty(self, connection: Connection) -> bool:
        return not has_row(connection, sql.SQL("select from {} limit 1").format(self.target))

    def _is_scope_empty(self, connection: Connection) -> bool:
        scope = sql.SQL("true") if self.table.mode in ("upsert", "register") else self._scope("t")
        return not has_row(connection, sql.SQL("select from {} as t where {} limit 1").format(self.target, scope))

    def insert_all(self, connection: Connection) -> Counts:
        """Into an empty table, or a part that the key index finds: to read it again is cheaper than to return every row."""
        connection.execute(
            sql.SQL("insert into {} ({}) {}").format(self.target, _identifiers(self.all_names), self.rows)
        )
        new = self._rows_of_batch(connection)
        return Counts(new.rows, self._staged_rows(connection) - new.rows, 0, new.rows, new.checksum)

    def _attach(self, connection: Connection, partition: Partition) -> Counts:
        """The typed table itself becomes the part. Its rows are read by its own name: by the whole's each would be made anew."""
        if self.staged.partition != partition:  # when the batch began the part was there
            create(connection, partition)
            return self.insert_all(connection)
        row = _identifiers(column_names(connection, partition.raw))
        query = sql.SQL(
            "select count(*) as rows, coalesce(bit_xor(hash_record_extended(row({}), 0)), 0) as checksum from {} as t"
        )
        attach(connection, partition, "stage", f"b{self.batch_id}")
        new = one_row(connection, Rows, query.format(row, partition.table))
        analyze_grown(connection, partition.raw)
        return Counts(new.rows, 0, 0, new.rows, new.checksum)

    def _insert(self, connection: Connection) -> Counts:
        """Beside the rows of other batches, which are not read again."""
        query = sql.SQL(
            "with new as (insert into {} as t ({}) {} returning t) "
            "select count(*) as rows, coalesce(bit_xor(hash_record_extended(new.t, 0)), 0) as checksum from new"
        ).format(self.target, _identifiers(self.all_names), self.rows)
        new = one_row(connection, Rows, query)
        return Counts(new.rows, self._staged_rows(connection) - new.rows, 0, new.rows, new.checksum)

    def _rows_of_batch(self, connection: Connection) -> Rows:
        query = sql.SQL(
            "select count(*) as rows, coalesce(bit_xor(hash_record_extended(t, 0)), 0) as checksum from {} as t "
            "where _part = {} and _batch_id = {}"
        ).format(self.target, sql.Literal(self.part), sql.Literal(self.batch_id))
        return one_row(connection, Rows, query)

    def _replace(self, connection: Connection) -> Counts:
        query = sql.SQL(
            "with gone as (delete from {} as t where {} returning t) "
            "select count(*) as rows, coalesce(bit_xor(hash_record_extended(gone.t, 0)), 0) as checksum from gone"
        ).format(self.target, self._scope("t"))
        gone = one_row(connection, Rows, query)
        new = self._insert(connection)
        return Counts(new.published, new.unchanged, gone.rows, new.inserted, new.checksum ^ gone.checksum)

    def _append_changes(self, connection: Connection) -> Counts:
        """Insert the rows that differ from the last observation of their key."""
        compared = [*self.names, "_is_simulasi"]
        query = sql.SQL(
            """
            with new as (
                insert into {target} as t ({all_names})
                select {s_names} from ({rows}) as s
                left join lateral (
                    select {l_names} from {target} as l where {same_key} order by l._batch_id desc, l._row desc limit 1
                ) as l on true
                where ({s_compared}) is distinct from ({l_compared})
                order by s._row
                returning t
            )
            select count(*) as rows, coalesce(bit_xor(hash_record_extended(new.t, 0)), 0) as checksum from new
            """
        ).format(
            target=self.target,
            rows=self.rows,
            all_names=_identifiers(self.all_names),
            s_names=_identifiers(self.all_names, "s."),
            l_names=_identifiers(compared, "l."),
            s_compared=_identifiers(compared, "s."),
            l_compared=_identifiers(compared, "l."),
            same_key=self._same_key("l", "s"),
        )
        new = one_row(connection, Rows, query)
        return Counts(new.rows, self._staged_rows(connection) - new.rows, 0, new.rows, new.checksum)

    def _staged_rows(self, connection: Connection) -> int:
        return one_value(connection, int, sql.SQL("select count(*) from {}").format(self.typed))

    def _same_key(self, left: str, right: str) -> sql.Composed:
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(left, name), sql.Identifier(right, name))
            for name in self.table.key
        )

    def _merge(self, connection: Connection) -> Counts:
        """Write what differs; a key that a snapshot, window or register no longer has is deleted."""
        # Apart from the merge, which would have to read the whole table to know what no row of the batch matches.
        gone = Rows(0, 0) if self.table.mode == "upsert" else self._delete_gone(connection)
        compared = [*self.names, "_is_simulasi"]
        same_part = sql.SQL(" and t._part = s._part") if self.table.mode == "snapshot" else sql.SQL("")
        query = sql.SQL(
            """
            with done as (
                merge into {target} as t using ({rows}) as s on {same_key}{same_part}
                when matched and ({t_compared}) is distinct from ({s_compared}) then update set {assignments}
                when not matched then insert ({all_names}) values ({s_names})
                returning merge_action() as act, old as o, new as n
            )
            select count(*) filter (where act = 'INSERT') as inserted, count(*) filter (where act = 'UPDATE') as updated,
                coalesce(
                    bit_xor(case when act <> 'INSERT' then hash_record_extended(o, 0) else 0 end)
                    # bit_xor(hash_record_extended(n, 0)),
                    0
                ) as checksum
            from done
            """
        ).format(
            target=self.target,
            rows=self.rows,
            same_key=self._same_key("t", "s"),
            same_part=same_part,
            t_compared=_identifiers(compared, "t."),
            s_compared=_identifiers(compared, "s."),
            assignments=sql.SQL(", ").join(
                sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in self.all_names
            ),
            all_names=_identifiers(self.all_names),
            s_names=_identifiers(self.all_names, "s."),
        )
        done = one_row(connection, Merged, query)
        written = done.inserted + done.updated
        unchanged = self._staged_rows(connection) - written
        return Counts(written, unchanged, gone.rows, done.inserted, gone.checksum ^ done.checksum)

    def delete_repeated(self, connection: Connection) -> Rows:
        """Delete the rows of other parts whose key the batch has too."""
        query = sql.SQL(
            """
            with gone as (
                delete from {target} as t using {typed} as s where {same_key} and t._part <> {part} returning t
            )
            select count(*) as rows, coalesce(bit_xor(hash_record_extended(gone.t, 0)), 0) as checksum from gone
            """
        ).format(target=self.target, typed=self.typed, same_key=self._same_key("t", "s"), part=sql.Literal(self.part))
        return one_row(connection, Rows, query)

    def _delete_gone(self, connection: Connection) -> Rows:
        """Delete the rows of the scope whose key the batch does not have; of a register, what was set aside was not withdrawn."""
        kept: sql.Composable = sql.SQL("")
        if self.table.mode == "register":
            broken = stage.keys_set_aside(self.staged)
            kept = sql.SQL(" and not exists (select from ({}) as b where {})").format(broken, self._same_key("t", "b"))
        query = sql.SQL(
            """
            with gone as (
                delete from {target} as t
                where {scope} and not exists (select from {typed} as s where {same_key}){kept} returning t
            )
            select count(*) as rows, coalesce(bit_xor(hash_record_extended(gone.t, 0)), 0) as checksum from gone
            """
        ).format(
            target=self.target, typed=self.typed, scope=self._scope("t"), same_key=self._same_key("t", "s"), kept=kept
        )
        return one_row(connection, Rows, query)


def verify_raw(connection: Connection) -> None:
    """Compare every raw table with what was published into it. Raises IntegrityError naming the tables."""
    problems = []
    for state in raw_state.all_states(connection):
        query = sql.SQL(
            "select count(*) as rows, coalesce(bit_xor(hash_record_extended(t, 0)), 0) as checksum from {} as t"
        ).format(sql.Identifier("raw", state.table_name))
        found = one_row(connection, Rows, query)
        if found != Rows(state.row_count, state.checksum):
            problems.append(
                f"raw.{state.table_name} holds {found.rows} rows (published: {state.row_count}) or other values than were "
                "published"
            )
    if problems:
        raise IntegrityError("; ".join(problems) + "; rebuild the table from the archive (replay with force).")


def verify_raw_tables() -> None:
    """verify_raw as the loader."""
    with connect(settings().dsn("loader")) as connection:
        verify_raw(connection)
