-- Where all answers of a part count, one row for each stretch of time without a gap: a year of one batch a minute is half a million.

-- Views of the warehouse stand on this one, so it is replaced and keeps its columns: how good rows are is told by ops.content.
create or replace view ops.coverage as
with tables as (
    select c.source, t.key as table_name,
        t.value ->> 'mode' = 'snapshot'
        or (t.value ->> 'mode' <> 'observation' and c.declared -> 'extract' ->> 'since' is null) as is_whole
    from ops.source_catalogue as c
    cross join lateral jsonb_each(c.declared -> 'tables') as t
),
newest as (
    select distinct on (b.source, b.table_name, b.part) b.source, b.table_name, b.part, b.data_from, b.data_as_of
    from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and t.is_whole
    where b.status in ('published', 'unchanged') order by b.source, b.table_name, b.part, b.batch_id desc
),
stretches as (
    select b.source, b.table_name, b.part, unnest(range_agg(tstzrange(b.data_from, b.data_as_of, '[]'))) as stretch
    from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and not t.is_whole
    where b.status in ('published', 'unchanged') and b.data_as_of >= coalesce(b.data_from, b.data_as_of)
    group by b.source, b.table_name, b.part
)
select source, table_name, part, data_from, data_as_of, null::text as quality
from newest where data_as_of >= coalesce(data_from, data_as_of)
union all
select source, table_name, part, lower(stretch), upper(stretch), null from stretches;

-- Only what is asked for is taken along, and published batches are few among those of a source that rarely changes.
create or replace view ops.content as
with tables as (
    select c.source, t.key as table_name,
        t.value ->> 'mode' = 'snapshot'
        or (t.value ->> 'mode' <> 'observation' and c.declared -> 'extract' ->> 'since' is null) as is_whole
    from ops.source_catalogue as c
    cross join lateral jsonb_each(c.declared -> 'tables') as t
),
counting as (
    (
        select distinct on (b.source, b.table_name, b.part) b.batch_id, b.source, b.table_name, b.data_from, b.data_as_of
        from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and t.is_whole
        where b.status = 'published' order by b.source, b.table_name, b.part, b.batch_id desc
    )
    union all
    select b.batch_id, b.source, b.table_name, b.data_from, b.data_as_of
    from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name and not t.is_whole
    where b.status = 'published'
)
select c.source, c.table_name, coalesce(s.since, c.data_from) as since, coalesce(s.until, c.data_as_of) as until,
    s.since is not null as is_dated, sum(s.rows_read)::bigint as rows_read, sum(s.rows_doubtful)::bigint as rows_doubtful
from counting as c join ops.batch_span as s using (batch_id)
group by 1, 2, 3, 4, 5;
