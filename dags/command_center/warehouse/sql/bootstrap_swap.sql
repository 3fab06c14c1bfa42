-- Who puts tested tables in the place of those that people read may end the sessions of readers that hold it up, and of nobody
-- else: a reader can lift the limits of its transactions. Runs as cc_admin in either database, may run again at any time.
create schema if not exists jaga;
revoke all on schema jaga from public;

create or replace function jaga.akhiri_pembaca(lebih_lama interval)
returns table (peran text, pid integer, sejak timestamptz)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_stat_clear_snapshot();  -- else a transaction sees the sessions that it saw first
    -- First all are found, then each is ended: within one query PostgreSQL might end a session before it asks whose it is.
    for peran, pid, sejak in
        select s.usename::text, s.pid, s.xact_start
        from pg_stat_activity as s
        where
            s.datname = current_database()
            and s.usename ~ '^(cc_(officials|public|analyst)|camat_[0-9]{6})$'
            and coalesce(s.xact_start, '-infinity') <= clock_timestamp() - lebih_lama
            and exists (
                select from pg_locks as l
                join pg_class as c on c.oid = l.relation
                where
                    l.pid = s.pid and l.granted and l.locktype = 'relation'
                    and l.database = (select d.oid from pg_database as d where d.datname = current_database())
                    and c.relnamespace in (to_regnamespace('mart'), to_regnamespace('publik'))
            )
    loop
        perform pg_terminate_backend(pid, 1000);
        return next;
    end loop;
end
$$;
revoke all on function jaga.akhiri_pembaca(interval) from public;
