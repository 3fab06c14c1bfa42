-- What a reader could use to reach beyond its tables or to hold the server up, in either database. By their names, so that
-- every form of a function is meant, also one that comes with a newer PostgreSQL.
do $$
declare
    forbidden regprocedure;
begin
    for forbidden in
        select oid
        from pg_proc
        where
            pronamespace = 'pg_catalog'::regnamespace
            and (
                -- runs SQL that it is given
                proname ~ '^(ts_stat|ts_rewrite)$'
                or proname ~ '_to_xml(schema|_and_xmlschema)?$'
                -- large objects: files, and rows in no table
                or proname ~ '^(lo_|loread$|lowrite$|be_lo)'
                -- waits, locks, or ends the work of others of the same role
                or proname ~ '^pg_(sleep|advisory_|try_advisory_|cancel_backend|terminate_backend)'
                -- writes to the log of changes
                or proname = 'pg_logical_emit_message'
            )
    loop
        execute format('revoke execute on function %s from public', forbidden);
    end loop;
    for forbidden in
        select oid
        from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(advisory_|try_advisory_)'
    loop
        execute format('grant execute on function %s to cc_loader, cc_transformer, cc_publisher', forbidden);
    end loop;
end
$$;
