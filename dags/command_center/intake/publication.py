"""The only way into schema raw: one transaction per batch, by the table's load mode."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from command_center.database import Connection, connect
from command_center.declaration.source import Source, Table, raw_table
from command_center.errors import IntegrityError, SourceBusy
from command_center.extract.asking import Window
from command_center.intake.ddl import TECHNICAL, create_key_index, drop_key_index
from command_center.intake.stage import Stage
from command_center.settings import settings


@dataclass(frozen=True)
class Counts:
    """Rows written, rows that were the same already, and rows taken away."""

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


def publish(connection: Connection, source: Source, name: str, steps: Stage, *, part: str, window: Window) -> Counts:
    """Apply the typed stage table to its raw table within the caller's transaction."""
    raw = raw_table(source.source, name)
    _lock(connection, raw)
    statement = _Statement(steps, raw, part, window)
    if steps.table.key and statement.is_table_empty(connection):
        counts = _fill(connection, source, name, statement)
    else:
        counts = statement.run(connection)
    _keep_state(connection, raw, counts, steps.batch_id)
    return counts


def _fill(connection: Connection, source: Source, name: str, statement: _Statement) -> Counts:
    """The first rows of a table: its index is built once, after them."""
    connection.execute(drop_key_index(source, name))
    counts = statement.insert_all(connection)
    connection.execute(create_key_index(source, name, statement.table))
    return counts


def _lock(connection: Connection, raw: str) -> None:
    row = connection.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"publish:{raw}"]).fetchone()
    if row is None or not row[0]:
        raise SourceBusy(f"raw.{raw} is being published by another process; try again when it has ended.")


def _keep_state(connection: Connection, raw: str, counts: Counts, batch_id: int) -> None:
    """Row count and XOR of row hashes, so that a row changed by another hand shows."""
    if counts.published == counts.deleted == 0:
        return
    connection.execute(
        """
        insert into ops.raw_state as s (table_name, row_count, checksum, batch_id) values (%(raw)s, %(rows)s, %(sum)s, %(batch)s)
        on conflict (table_name) do update set row_count = s.row_count + excluded.row_count,
            checksum = s.checksum # excluded.checksum, batch_id = excluded.batch_id, changed_at = clock_timestamp()
        """,
        {"raw": raw, "rows": counts.inserted - counts.deleted, "sum": counts.checksum, "batch": batch_id},
    )


def _identifiers(names: list[str], prefix: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(prefix + "{}").format(sql.Identifier(name)) for name in names)


class _Statement:
    """The SQL of one publication."""

    def __init__(self, steps: Stage, raw: str, part: str, window: Window) -> None:
        self.table: Table = steps.table
        self.names = [column.name for column in steps.table.stored]
        self.target = sql.Identifier("raw", raw)
        self.part, self.window = part, window
        self.rows = sql.SQL(
            "select {names}, {batch}::bigint as _batch_id, _row, {part}::text as _part, _is_simulasi, {at}::timestamptz as _observed_at from {typed}"
        ).format(
            names=_identifiers(self.names),
            batch=sql.Literal(steps.batch_id),
            part=sql.Literal(part),
            at=sql.Literal(steps.observed_at.isoformat()),
            typed=steps.typed,
        )
        self.batch_id, self.typed = steps.batch_id, steps.typed
        self.all_names = self.names + list(TECHNICAL)

    def run(self, connection: Connection) -> Counts:
        if self.table.mode == "observation":
            return self._append_changes(connection)
        if not self.table.key:
            return self._replace(connection)
        if self._is_scope_empty(connection):
            return self.insert_all(connection) if self.table.mode == "snapshot" else self._insert(connection)
        return self._merge(connection)

    def _scope(self, alias: str) -> sql.Composed:
        """Rows that this batch speaks about, and whose absence from it means that they are gone."""
        conditions: list[sql.Composable] = [
            sql.SQL("{}._part = {}").format(sql.Identifier(alias), sql.Literal(self.part))
        ]
        if self.table.mode == "window" and self.table.window_column is not None:
            column = sql.Identifier(alias, self.table.window_column)
            for bound, sign in ((self.window.start, ">="), (self.window.end, "<")):
                if bound is not None:
                    conditions.append(sql.SQL("{} {} {}").format(column, sql.SQL(sign), sql.Literal(bound)))
        return sql.SQL(" and ").join(conditions)

    def is_table_empty(self, connection: Connection) -> bool:
        return connection.execute(sql.SQL("select from {} limit 1").format(self.target)).fetchone() is None

    def _is_scope_empty(self, connection: Connection) -> bool:
        scope = sql.SQL("true") if self.table.mode == "upsert" else self._scope("t")
        row = connection.execute(sql.SQL("select from {} as t where {} limit 1").format(self.target, scope)).fetchone()
        return row is None

    def insert_all(self, connection: Connection) -> Counts:
        """Into an empty table, or a part that the key index finds: to read it again is cheaper than to return every row."""
        connection.execute(
            sql.SQL("insert into {} ({}) {}").format(self.target, _identifiers(self.all_names), self.rows)
        )
        inserted, checksum = self._hash_of_batch(connection)
        return Counts(inserted, 0, 0, inserted, checksum)

    def _insert(self, connection: Connection) -> Counts:
        """Beside the rows of other batches, which are not read again."""
        row = connection.execute(
            sql.SQL(
                "with new as (insert into {} as t ({}) {} returning t) "
                "select count(*), coalesce(bit_xor(hash_record_extended(new.t, 0)), 0) from new"
            ).format(self.target, _identifiers(self.all_names), self.rows)
        ).fetchone()
        assert row is not None
        inserted, checksum = int(str(row[0])), int(str(row[1]))
        return Counts(inserted, 0, 0, inserted, checksum)

    def _hash_of_batch(self, connection: Connection) -> tuple[int, int]:
        row = connection.execute(
            sql.SQL(
                "select count(*), coalesce(bit_xor(hash_record_extended(t, 0)), 0) from {} as t where _part = {} and _batch_id = {}"
            ).format(self.target, sql.Literal(self.part), sql.Literal(self.batch_id))
        ).fetchone()
        assert row is not None
        return int(str(row[0])), int(str(row[1]))

    def _replace(self, connection: Connection) -> Counts:
        gone = connection.execute(
            sql.SQL(
                "with gone as (delete from {} as t where {} returning t) "
                "select count(*), coalesce(bit_xor(hash_record_extended(gone.t, 0)), 0) from gone"
            ).format(self.target, self._scope("t"))
        ).fetchone()
        assert gone is not None
        new = self._insert(connection)
        return Counts(new.published, 0, int(str(gone[0])), new.inserted, new.checksum ^ int(str(gone[1])))

    def _append_changes(self, connection: Connection) -> Counts:
        """Insert the rows that differ from the last observation of their key."""
        compared = [*self.names, "_is_simulasi"]
        row = connection.execute(
            sql.SQL(
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
                select count(*), coalesce(bit_xor(hash_record_extended(new.t, 0)), 0), (select count(*) from {typed}) from new
                """
            ).format(
                target=self.target,
                typed=self.typed,
                rows=self.rows,
                all_names=_identifiers(self.all_names),
                s_names=_identifiers(self.all_names, "s."),
                l_names=_identifiers(compared, "l."),
                s_compared=_identifiers(compared, "s."),
                l_compared=_identifiers(compared, "l."),
                same_key=self._same_key("l", "s"),
            )
        ).fetchone()
        assert row is not None
        inserted, checksum, read = (int(str(value)) for value in row)
        return Counts(inserted, read - inserted, 0, inserted, checksum)

    def _same_key(self, left: str, right: str) -> sql.Composed:
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(left, name), sql.Identifier(right, name))
            for name in self.table.key
        )

    def _merge(self, connection: Connection) -> Counts:
        """Write what differs; a key that a snapshot or window no longer has is deleted."""
        # Apart from the merge, which would have to read the whole table to know what no row of the batch matches.
        deleted, checksum = (0, 0) if self.table.mode == "upsert" else self._delete_gone(connection)
        compared = [*self.names, "_is_simulasi"]
        same_part = sql.SQL(" and t._part = s._part") if self.table.mode == "snapshot" else sql.SQL("")
        rows = connection.execute(
            sql.SQL(
                """
                with done as (
                    merge into {target} as t using ({rows}) as s on {same_key}{same_part}
                    when matched and ({t_compared}) is distinct from ({s_compared}) then update set {assignments}
                    when not matched then insert ({all_names}) values ({s_names})
                    returning merge_action() as act, old as o, new as n
                )
                select act, count(*), coalesce(bit_xor(case when act <> 'INSERT' then hash_record_extended(o, 0) else 0 end), 0)
                    # bit_xor(hash_record_extended(n, 0))
                from done group by act
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
        ).fetchall()
        done = {str(action): int(str(number)) for action, number, _ in rows}
        for _, _, part in rows:
            checksum ^= int(str(part))
        inserted, updated = done.get("INSERT", 0), done.get("UPDATE", 0)
        read = connection.execute(sql.SQL("select count(*) from {}").format(self.typed)).fetchone()
        assert read is not None
        return Counts(inserted + updated, int(str(read[0])) - inserted - updated, deleted, inserted, checksum)

    def _delete_gone(self, connection: Connection) -> tuple[int, int]:
        """Delete the rows of the scope whose key the batch does not have; how many, and the XOR of their hashes."""
        row = connection.execute(
            sql.SQL(
                """
                with gone as (
                    delete from {target} as t
                    where {scope} and not exists (select from {typed} as s where {same_key}) returning t
                )
                select count(*), coalesce(bit_xor(hash_record_extended(gone.t, 0)), 0) from gone
                """
            ).format(target=self.target, typed=self.typed, scope=self._scope("t"), same_key=self._same_key("t", "s"))
        ).fetchone()
        assert row is not None
        return int(str(row[0])), int(str(row[1]))


def verify_raw(connection: Connection) -> None:
    """Compare every raw table with what was published into it. Raises IntegrityError naming the tables."""
    rows = connection.execute(
        "select table_name, row_count, checksum from ops.raw_state order by table_name"
    ).fetchall()
    problems = []
    for table_name, row_count, checksum in rows:
        found = connection.execute(
            sql.SQL("select count(*), coalesce(bit_xor(hash_record_extended(t, 0)), 0) from {} as t").format(
                sql.Identifier("raw", str(table_name))
            )
        ).fetchone()
        if found != (row_count, checksum):
            counted = found[0] if found else 0
            problems.append(
                f"raw.{table_name} holds {counted} rows (published: {row_count}) or other values than were published"
            )
    if problems:
        raise IntegrityError("; ".join(problems) + "; rebuild the table from the archive (replay with force).")


def verify_raw_tables() -> None:
    """verify_raw as the loader."""
    with connect(settings().dsn("loader")) as connection:
        verify_raw(connection)
