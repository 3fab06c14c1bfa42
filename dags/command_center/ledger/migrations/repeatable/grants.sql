-- Who else may use the ledger; granted at every bootstrap.

grant usage on schema ops to cc_transformer;
grant select on ops.batch, ops.asked, ops.content, ops.gap, ops.coverage, ops.source_state, ops.source_catalogue, ops.raw_state, ops.landing, ops.boundary, ops.keputusan, ops.mutu_harian, ops.peladen to cc_transformer;
grant insert, update, select on ops.dbt_result, ops.dbt_build, ops.dbt_span, ops.dbt_standing to cc_transformer;
grant select, delete on ops.raw_change to cc_transformer;
grant select, insert, update, delete on ops.domain_held to cc_transformer;
grant select, insert on ops.restatement to cc_transformer;
grant select, insert, update on ops.koreksi to cc_transformer;
grant select, insert, update, delete on ops.sel_tersembunyi to cc_transformer;

revoke execute on function ops.record_outside(text, text, text, jsonb) from public;
grant usage on schema ops to cc_recorder;
grant execute on function ops.record_outside(text, text, text, jsonb) to cc_recorder;
