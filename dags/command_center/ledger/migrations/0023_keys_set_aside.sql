-- What can be read of the keys of rows that were set aside: where a row that is not there counts as none, these are unknown.

create table ops.batch_gap (
    batch_id bigint not null references ops.batch,
    kunci jsonb not null
);
create index batch_gap_batch on ops.batch_gap (batch_id);

create view ops.gap as
with newest as (
    select distinct on (b.source, b.table_name, b.part) b.batch_id, b.source, b.table_name, b.part
    from ops.batch as b
    join ops.source_catalogue as c on b.source = c.source
        and (c.declared -> 'tables' -> b.table_name ->> 'gaps')::boolean
    where b.status = 'published' order by b.source, b.table_name, b.part, b.batch_id desc
)
select n.source, n.table_name, n.part, g.kunci from newest as n join ops.batch_gap as g using (batch_id);
