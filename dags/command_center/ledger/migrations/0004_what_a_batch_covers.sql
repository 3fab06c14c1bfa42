-- A batch says from when until when its content tells, and a source how long it may be silent.

alter table ops.batch add column data_from timestamptz;
alter table ops.source_catalogue add column answer_hours numeric;
update ops.source_catalogue set answer_hours = freshness_hours;
alter table ops.source_catalogue alter column answer_hours set not null;

-- What published content covers now. Where an answer is all that its part has, the newest counts; else all of them do.
create view ops.coverage as
with tables as (
    select c.source, t.key as table_name,
        t.value ->> 'mode' = 'snapshot'
        or (t.value ->> 'mode' <> 'observation' and c.declared -> 'extract' ->> 'since' is null) as is_whole
    from ops.source_catalogue as c
    cross join lateral jsonb_each(c.declared -> 'tables') as t
),
told as (
    select b.source, b.table_name, b.part, b.data_from, b.data_as_of, b.batch_id, b.quality, t.is_whole,
        last_value(b.batch_id) over part = b.batch_id as is_newest,
        max(b.batch_id) filter (where b.status = 'published') over part as published_id
    from ops.batch as b
    join tables as t using (source, table_name)
    where b.status in ('published', 'unchanged')
    window part as (
        partition by b.source, b.table_name, b.part order by b.batch_id
        rows between unbounded preceding and unbounded following
    )
)
select told.source, told.table_name, told.part, told.data_from, told.data_as_of, max(p.quality) as quality
from told
left join ops.batch as p on p.batch_id = case when told.is_whole then told.published_id else told.batch_id end
where told.data_as_of >= coalesce(told.data_from, told.data_as_of) and (told.is_newest or not told.is_whole)
group by told.source, told.table_name, told.part, told.data_from, told.data_as_of;

-- How old a source is: its last answer, and the end of what all its tables cover; without that, its last answer.
create view ops.source_state as
select c.source, answered.last_at, coalesce(reached.until, answered.last_at) as data_per_at
from ops.source_catalogue as c
left join (
    select source, max(observed_at) as last_at from ops.batch where status in ('published', 'unchanged') group by source
) as answered using (source)
left join (
    select source, min(until) as until
    from (select source, table_name, max(data_as_of) as until from ops.coverage group by source, table_name) as t
    group by source
) as reached using (source);
