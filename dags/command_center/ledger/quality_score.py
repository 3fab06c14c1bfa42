"""How good the content is that counts now, by table and day: ops.mutu_harian. In words: docs/quality.md."""

from __future__ import annotations

from datetime import datetime

from command_center.database import Connection
from command_center.ledger.decision import STANDING
from command_center.settings import TIME_ZONE

# How the reasons of intake/quarantine.py begin, for what is told by more than the rule's column.
EMPTY_REASON, TWICE_REASON = r"^Kolom '.*' wajib diisi tetapi kosong", r"^Kunci \(.*\) muncul lebih dari sekali"
# Where answers bring changes only, all that came in so long before the newest of them counts.
RECENT = "30 days"

# Whichever batches count is decided as in the view ops.content.
TABLES = """
    select c.source, t.key as table_name, c.freshness_hours, c.answer_hours,
        jsonb_array_length(coalesce(nullif(t.value -> 'key', 'null'), '[]')) > 0 as has_key,
        t.value ->> 'mode' = 'snapshot'
        or (t.value ->> 'mode' <> 'observation' and c.declared -> 'extract' ->> 'since' is null) as is_whole,
        t.value ->> 'mode' = 'observation' and c.answer_hours < c.freshness_hours as is_list
    from ops.source_catalogue as c cross join lateral jsonb_each(c.declared -> 'tables') as t
"""
COUNTING = """
    (
        select distinct on (b.source, b.table_name, b.part)
            b.source, b.table_name, b.batch_id, b.rows_read, b.rows_quarantined
        from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and t.is_whole
        where b.status = 'published' order by b.source, b.table_name, b.part, b.batch_id desc
    )
    union all
    select b.source, b.table_name, b.batch_id, b.rows_read, b.rows_quarantined
    from ops.batch as b
    join (
        select t.source, t.table_name, max(b.observed_at) as newest_at
        from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and not t.is_whole
        where b.status = 'published' group by t.source, t.table_name
    ) as last using (source, table_name)
    where b.status = 'published' and b.observed_at > last.newest_at - %(recent)s::interval
"""
# Of a row that breaks several rules, each part is told. A rule on no single column is about what fits together.
SET_ASIDE = """
    select q.batch_id, count(distinct q.row_number) filter (where k.kind = 'kosong') as blank,
        count(distinct q.row_number) filter (where k.kind = 'ganda') as twice,
        count(distinct q.row_number) filter (where k.kind = 'selaras') as unfit,
        count(distinct q.row_number) filter (where k.kind = 'nilai') as wrong
    from counting as c join ops.quarantine as q using (batch_id)
    cross join lateral (
        select case when q.reason ~ %(blank)s then 'kosong' when q.reason ~ %(twice)s then 'ganda'
            when q.column_name = '' then 'selaras' else 'nilai' end as kind
    ) as k
    group by q.batch_id
"""
# What the audit looked at: whether rules on more than one value were among it, and whether a mild one failed.
AUDITED = """
    select a.batch_id,
        jsonb_path_exists(
            a.result, '$.results[*].expectation_config.type ? (!(@ starts with "expect_column_value"))'
        ) as has_fit,
        jsonb_path_exists(
            a.result,
            '$.results[*] ? (@.success == false) .expectation_config.severity ? (@ == "warning" || @ == "info")'
        ) as is_mild
    from counting as c join ops.audit as a using (batch_id)
"""
# Doubtful rows, also those that were set aside; a batch that is doubtful as a whole may count some of its rows twice.
DOUBTED = """
    select s.batch_id, sum(s.rows_doubtful) as doubtful from counting as c join ops.batch_span as s using (batch_id)
    group by s.batch_id
"""
ROWS = """
    select c.source, c.table_name, sum(c.rows_read) as read, sum(coalesce(q.blank, 0)) as blank,
        sum(coalesce(q.twice, 0)) as twice,
        sum(coalesce(q.wrong, 0) + case when a.is_mild then 0 else d.rest end) as wrong,
        sum(coalesce(q.unfit, 0) + case when a.is_mild then d.rest else 0 end) as unfit,
        bool_or(coalesce(a.has_fit, false) or coalesce(q.unfit, 0) > 0) as has_fit
    from counting as c
    left join set_aside as q using (batch_id) left join audited as a using (batch_id)
    left join doubted as s using (batch_id)
    cross join lateral (
        select least(greatest(coalesce(s.doubtful, 0) - coalesce(c.rows_quarantined, 0), 0), c.rows_read) as rest
    ) as d
    where c.rows_read > 0 group by c.source, c.table_name
"""
# Of the last year before the newest moment that is covered: the time in which no gap is longer than content may be old.
COVERED = """
    select source, table_name, until,
        (
            select sum(extract(epoch from upper(one) - lower(one)))
            from unnest(stretches * tstzmultirange(tstzrange(since, until))) as one
        ) / nullif(extract(epoch from until - since), 0) as share
    from (
        select source, table_name, max(c.data_as_of) as until,
            greatest(min(coalesce(c.data_from, c.data_as_of)), max(c.data_as_of) - interval '1 year') as since,
            range_agg(
                tstzrange(coalesce(c.data_from, c.data_as_of), c.data_as_of + t.freshness_hours * interval '1 hour', '[]')
            ) as stretches
        from ops.coverage as c join tables as t using (source, table_name) group by source, table_name
    ) as c
"""
# A list of events that rolls on tells by being answered that nothing else happened, however rare its events are: of the time since
# the first answer in the last year until the newest of its table, that in which no answer was waited for longer than it may be, or
# which the next answer's list reaches back over without a break.
LISTED = """
    select source, table_name, avg(share) as share
    from (
        select source, table_name, part,
            sum(extract(epoch from case when next_from <= at then next_at - at else least(next_at - at, longest) end))
            / nullif(sum(extract(epoch from next_at - at)), 0) as share
        from (
            select b.source, b.table_name, b.part, b.observed_at as at, t.answer_hours * interval '1 hour' as longest,
                coalesce(
                    lead(b.observed_at) over following, max(b.observed_at) over (partition by b.source, b.table_name)
                ) as next_at,
                lead(coalesce(b.data_from, b.data_as_of)) over following as next_from
            from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and t.is_list
            where b.status in ('published', 'unchanged') and b.observed_at > %(now)s - interval '1 year'
            window following as (partition by b.source, b.table_name, b.part order by b.observed_at, b.batch_id)
        ) as answers group by source, table_name, part
    ) as parts group by source, table_name
"""
# What a person threw away is no part that is missing.
PARTS = f"""
    select source, table_name, avg(ever::int) as share, max(last_at) as last_at
    from (
        select b.source, b.table_name, bool_or(b.status in ('published', 'unchanged')) as ever,
            max(b.observed_at) filter (where b.status in ('published', 'unchanged')) as last_at
        from ops.batch as b
        where b.status in ('published', 'unchanged') or (b.status = 'held' and coalesce({STANDING}, '') <> 'buang')
        group by b.source, b.table_name, b.part
    ) as b group by source, table_name
"""
# Whole until the limit, nothing from twice the limit on, as the dashboards colour it.
ON_TIME = """case when {at} is not null and t.{limit} > 0
        then least(greatest(2 - extract(epoch from %(now)s - {at}) / 3600 / t.{limit}, 0), 1) end"""
MEASURED = f"""
    select t.source, t.table_name, r.read as baris_dibaca,
        100 * least(case when t.is_list then l.share else c.share end, p.share, 1 - r.blank / r.read) as kelengkapan,
        case when r.read > 0 then 100 * greatest(1 - r.wrong / r.read, 0) end as keabsahan,
        100 * least(
            {ON_TIME.format(at="coalesce(c.until, p.last_at)", limit="freshness_hours")},
            {ON_TIME.format(at="p.last_at", limit="answer_hours")}
        ) as ketepatan_waktu,
        case when t.has_key then 100 * (1 - r.twice / r.read) end as keunikan,
        case when r.has_fit then 100 * greatest(1 - r.unfit / r.read, 0) end as keselarasan
    from tables as t
    left join rows as r using (source, table_name) left join covered as c using (source, table_name)
    left join parts as p using (source, table_name) left join listed as l using (source, table_name)
"""
WITHS = {
    "tables": TABLES,
    "counting": COUNTING,
    "set_aside": SET_ASIDE,
    "audited": AUDITED,
    "doubted": DOUBTED,
    "rows": ROWS,
    "covered": COVERED,
    "listed": LISTED,
    "parts": PARTS,
    "measured": MEASURED,
}
FIVE = ("kelengkapan", "keabsahan", "ketepatan_waktu", "keunikan", "keselarasan")
STORED = (*FIVE, "baris_dibaca", "dihitung_at", "skor", "bagian_diketahui")
MEASURE = f"""
    with {", ".join(f"{name} as ({query})" for name, query in WITHS.items())}
    insert into ops.mutu_harian (source, table_name, hari, {", ".join(STORED)})
    select m.source, m.table_name, (%(now)s at time zone %(zone)s)::date, {", ".join(f"m.{name}" for name in FIVE)},
        m.baris_dibaca, %(now)s, s.skor, s.bagian_diketahui
    from measured as m
    cross join lateral (
        select avg(one) as skor, count(one)::int as bagian_diketahui
        from unnest(array[{", ".join(f"m.{name}" for name in FIVE)}]) as one
    ) as s
    on conflict (source, table_name, hari) do update set {", ".join(f"{name} = excluded.{name}" for name in STORED)}
"""


def measure(connection: Connection, now: datetime) -> int:
    """Renew the day's row of every declared table; how many tables there are."""
    values = {"now": now, "zone": TIME_ZONE, "recent": RECENT, "blank": EMPTY_REASON, "twice": TWICE_REASON}
    return connection.execute(MEASURE.encode(), values).rowcount
