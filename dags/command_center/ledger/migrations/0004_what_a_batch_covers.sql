-- A batch says from when until when its content tells, and a source how long it may be silent.

alter table ops.batch add column data_from timestamptz;
alter table ops.source_catalogue add column answer_hours numeric;
update ops.source_catalogue set answer_hours = freshness_hours;
alter table ops.source_catalogue alter column answer_hours set not null;

create index batch_reach on ops.batch (source, table_name, data_as_of);

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
    select b.*, t.is_whole from ops.batch as b join tables as t using (source, table_name)
    where b.status in ('published', 'unchanged')
),
newest as (
    select distinct on (source, table_name, part) source, table_name, part, data_from, data_as_of
    from told where is_whole order by source, table_name, part, batch_id desc
),
published as (
    select distinct on (source, table_name, part) source, table_name, part, quality
    from told where is_whole and status = 'published' order by source, table_name, part, batch_id desc
),
reached as (
    select * from newest left join published using (source, table_name, part)
    union all
    select source, table_name, part, data_from, data_as_of, max(quality)
    from told where not is_whole group by source, table_name, part, data_from, data_as_of
)
select * from reached where data_as_of >= coalesce(data_from, data_as_of);

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
