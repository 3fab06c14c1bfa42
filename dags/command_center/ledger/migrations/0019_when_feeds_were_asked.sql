-- A feed that keeps what is in force only, and says nothing of time in any table, tells of the time in which it was asked: from one good
-- answer to the next, where they are no further apart than its data may be old. What came and went in between is not known.
create view ops.asked as
with tables as (
    select c.source, t.key as table_name, c.freshness_hours * interval '1 hour' as freshness
    from ops.source_catalogue as c
    cross join lateral jsonb_each(c.declared -> 'tables') as t
    where t.value ->> 'mode' in ('upsert', 'observation')
        and not exists (
            select from jsonb_each(c.declared -> 'tables') as told where coalesce(told.value -> 'as_of', 'null') <> 'null'
        )
),
answers as (
    select b.source, b.table_name, b.part, b.observed_at, t.freshness,
        lag(b.observed_at) over (partition by b.source, b.table_name, b.part order by b.observed_at) as before_at
    from ops.batch as b join tables as t on b.source = t.source and b.table_name = t.table_name
    where b.status in ('published', 'unchanged')
),
stretches as (
    select source, table_name, part, unnest(range_agg(
        tstzrange(case when observed_at - before_at <= freshness then before_at else observed_at end, observed_at, '[]')
    )) as stretch
    from answers group by source, table_name, part
)
select source, table_name, part, lower(stretch) as asked_from, upper(stretch) as asked_until from stretches;
