-- A role may change its own password, and then nobody else gets in with it: dashboards, reports, backups. What bootstrap set is kept
-- here as verifiers, which nobody but the superuser and backups can read, and put back at the loader's call: no more than that.
-- Runs as cc_admin in the warehouse, may run again at any time.
create table if not exists jaga.sandi (peran text primary key, verifier text not null);
revoke all on jaga.sandi from public;

create or replace function jaga.pulihkan_sandi() returns setof text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    kept record;
begin
    for kept in
        select s.peran, s.verifier
        from jaga.sandi as s
        join pg_authid as a on a.rolname = s.peran
        where a.rolpassword is distinct from s.verifier and not a.rolsuper
        order by s.peran
    loop
        execute format('alter role %I password %L', kept.peran, kept.verifier);
        return next kept.peran;
    end loop;
end
$$;
revoke all on function jaga.pulihkan_sandi() from public;
grant usage on schema jaga to cc_loader;
grant execute on function jaga.pulihkan_sandi() to cc_loader;
