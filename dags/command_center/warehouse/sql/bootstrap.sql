-- Schemas of the warehouse and who may use them. Runs as cc_admin, may run again at any time.
-- Roles and passwords are set apart, by the program; the tables of ops are made by the ledger's migrations.

create schema if not exists ops authorization cc_loader;
create schema if not exists stage authorization cc_loader;
create schema if not exists raw authorization cc_loader;

revoke all on schema public from public;
revoke temporary, connect on database warehouse from public;
grant connect on database warehouse to cc_loader, cc_transformer, cc_publisher, cc_officials, cc_analyst, cc_recorder, cc_backup;
grant execute on function pg_create_restore_point(text) to cc_backup;
grant temporary on database warehouse to cc_loader, cc_transformer;
grant create on database warehouse to cc_transformer;

grant usage on schema raw to cc_transformer;
grant select on all tables in schema raw to cc_transformer;
alter default privileges for role cc_loader in schema raw grant select on tables to cc_transformer;
