-- The database that the public login can reach. It holds nothing but what was published.
revoke temporary, connect on database publik from public;
grant connect on database publik to cc_publisher, cc_public;
grant create on database publik to cc_publisher;
revoke all on schema public from public;

revoke execute on function pg_sleep(double precision), pg_sleep_for(interval), pg_sleep_until(timestamptz) from public;
revoke execute on function ts_stat(text), ts_stat(text, text) from public;
revoke execute on function query_to_xml(text, boolean, boolean, text), query_to_xmlschema(text, boolean, boolean, text),
    query_to_xml_and_xmlschema(text, boolean, boolean, text), table_to_xml(regclass, boolean, boolean, text),
    schema_to_xml(name, boolean, boolean, text), database_to_xml(boolean, boolean, text),
    cursor_to_xml(refcursor, integer, boolean, boolean, text) from public;
revoke execute on function lo_import(text), lo_import(text, oid), lo_export(oid, text), lo_create(oid), lo_creat(integer),
    lo_from_bytea(oid, bytea), lo_get(oid), lo_open(oid, integer) from public;
