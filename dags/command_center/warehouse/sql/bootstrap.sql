-- Schemas of the warehouse and who may use them. Runs as cc_admin, may run again at any time.
-- Roles and passwords are set apart, by the program; the tables of ops are made by the ledger's migrations.

create schema if not exists ops authorization cc_loader;
create schema if not exists stage authorization cc_loader;
create schema if not exists raw authorization cc_loader;

revoke all on schema public from public;
revoke temporary, connect on database warehouse from public;
grant connect on database warehouse to cc_loader, cc_transformer, cc_publisher, cc_officials;
grant temporary on database warehouse to cc_loader, cc_transformer;
grant create on database warehouse to cc_transformer;

-- What a reader could use to reach beyond its tables, or to hold the server up.
revoke execute on function pg_sleep(double precision), pg_sleep_for(interval), pg_sleep_until(timestamptz) from public;
revoke execute on function ts_stat(text), ts_stat(text, text) from public;
revoke execute on function query_to_xml(text, boolean, boolean, text), query_to_xmlschema(text, boolean, boolean, text),
    query_to_xml_and_xmlschema(text, boolean, boolean, text), table_to_xml(regclass, boolean, boolean, text),
    schema_to_xml(name, boolean, boolean, text), database_to_xml(boolean, boolean, text),
    cursor_to_xml(refcursor, integer, boolean, boolean, text) from public;
revoke execute on function lo_import(text), lo_import(text, oid), lo_export(oid, text), lo_create(oid), lo_creat(integer),
    lo_from_bytea(oid, bytea), lo_get(oid), lo_open(oid, integer) from public;

grant usage on schema raw to cc_transformer;
grant select on all tables in schema raw to cc_transformer;
alter default privileges for role cc_loader in schema raw grant select on tables to cc_transformer;
