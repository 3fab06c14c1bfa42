-- How many rows of a batch speak of which time, and how many of these are doubtful: set aside, or with a value left out.

create table ops.batch_span (
    batch_id bigint not null references ops.batch,
    since timestamptz,
    until timestamptz,
    rows_read bigint not null,
    rows_doubtful bigint not null
);
create index batch_span_batch on ops.batch_span (batch_id);

-- Of older batches only the whole is known.
insert into ops.batch_span (batch_id, rows_read, rows_doubtful)
select batch_id, greatest(rows_read, rows_quarantined, 1),
    case when quality = 'peringatan' then greatest(rows_quarantined, 1) else 0 end
from ops.batch where status = 'published';

-- The rows of published content that counts now, by the time of which they speak: where an answer is all that its part has,
-- those of the newest. Rows that tell no time may be of any that their batch covers.
create view ops.content as
with tables as (
    select c.source, t.key as table_name,
        t.value ->> 'mode' = 'snapshot'
        or (t.value ->> 'mode' <> 'observation' and c.declared -> 'extract' ->> 'since' is null) as is_whole
    from ops.source_catalogue as c
    cross join lateral jsonb_each(c.declared -> 'tables') as t
),
told as (
    select b.*, t.is_whole from ops.batch as b join tables as t using (source, table_name) where b.status = 'published'
),
counting as (
    (select distinct on (source, table_name, part) * from told where is_whole order by source, table_name, part, batch_id desc)
    union all
    select * from told where not is_whole
)
select c.source, c.table_name, coalesce(s.since, c.data_from) as since, coalesce(s.until, c.data_as_of) as until,
    s.since is not null as is_dated, sum(s.rows_read)::bigint as rows_read, sum(s.rows_doubtful)::bigint as rows_doubtful
from counting as c join ops.batch_span as s using (batch_id)
group by 1, 2, 3, 4, 5;
