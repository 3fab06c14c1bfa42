-- Schemas of the warehouse and who may use them. Runs as cc_admin, may run again at any time.
-- Roles, passwords and who may connect are set apart, by the program; the tables of ops are made by the ledger's migrations.

create schema if not exists ops authorization cc_loader;
create schema if not exists stage authorization cc_loader;
create schema if not exists raw authorization cc_loader;
-- Parts of tables of raw that are tables of their own. Whoever may read the whole reads them through it.
create schema if not exists raw_parts authorization cc_loader;

revoke all on schema public from public;
grant execute on function pg_create_restore_point(text) to cc_backup;

grant usage on schema raw to cc_transformer;
grant select on all tables in schema raw to cc_transformer;
alter default privileges for role cc_loader in schema raw grant select on tables to cc_transformer;
