-- A few rows in every table of the ledger, in the columns that the oldest ledgers have.

insert into ops.ref_wilayah (kode_wilayah, tingkat) values ('13.71.01', 'kecamatan'), ('13.71.01.1001', 'kelurahan');
insert into ops.ref_ejaan values ('kotokota', 'kelurahan', '13.71.01.1001');
insert into ops.throttle values ('data.bmkg.go.id', '2026-11-01 08:00+07');
insert into ops.landing (source, part, sha256, uri, byte_size, content_type, fetched_from, fetched_at, simulated_paths,
                         wrapped_key, expires_at, erased_at)
values
    ('damkar_kejadian', '2026-10', 'a1', 'file:///arsip/a1', 10, 'text/csv', 'sftp://damkar/a', '2026-11-01 08:00+07', '*',
     'kunci', '2027-02-01 08:00+07', null),
    ('damkar_kejadian', '2026-09', 'a0', 'file:///arsip/a0', 10, 'text/csv', 'sftp://damkar/b', '2026-10-01 08:00+07', '',
     null, '2026-10-31 08:00+07', '2026-11-01 01:00+07');
insert into ops.batch (source, table_name, part, landing_id, sha256, fingerprint, run_id, status, reason, is_simulasi, quality,
                       rows_read, rows_published, rows_unchanged, rows_quarantined, rows_deleted, started_at, observed_at)
values
    ('damkar_kejadian', 'kejadian', '2026-09', 2, 'a0', 'f', 'r1', 'published', null, false, 'lolos', 9, 9, 0, 0, 0,
     '2026-10-01 08:00+07', '2026-10-01 08:00+07'),
    ('damkar_kejadian', 'kejadian', '2026-10', 1, 'a1', 'f', 'r2', 'held', 'terlalu sedikit', true, null, 3, 0, 0, 1, 0,
     '2026-11-01 08:00+07', '2026-11-01 08:00+07');
insert into ops.quarantine (batch_id, source, table_name, row_number, place, column_name, value, reason, payload, sha256, opd)
values (2, 'damkar_kejadian', 'kejadian', 3, 'baris 4', 'Tanggal', 'kemarin', 'bukan tanggal', '{"tanggal": "kemarin"}', 'a1', 'damkar');
insert into ops.audit (batch_id, success, result) values (1, true, '{"results": []}'), (2, false, '{"results": []}');
insert into ops.raw_state values ('damkar_kejadian__kejadian', 9, 4711, 1, '2026-10-01 08:00+07');
insert into ops.raw_change (table_name, kunci) values ('damkar_kejadian__kejadian', '{"nomor": 1}');
insert into ops.boundary values ('13.71.01', 'kecamatan', '{}', 100.4, -0.9, 'batas.geojson', 'b1', '2026-10-01 08:00+07');
insert into ops.source_catalogue
values ('damkar_kejadian', 'Kejadian', 'damkar', 'Damkar', 'Kepala', 'Staf', '0 8 * * *', 36, null, 3, '{}');
insert into ops.keputusan (jenis, objek, checksum, jabatan, alasan)
values ('lepas', 'damkar_kejadian.kejadian.2026-10', 'a1', 'Kepala Seksi', 'bulan sepi');
insert into ops.log_alert (source, batch_id, message) values ('damkar_kejadian', 2, 'terlalu sedikit'), ('damkar_kejadian', null, 'diam');
insert into ops.dbt_result values ('i1', 'model.x', 'model', 'success', null, null, 0.5, '2026-10-01 09:00+07');
insert into ops.dbt_build (invocation_id, command, raw_state, success, models_built, tests_passed, swapped_at, started_at)
values ('i1', 'build', 'raw=1;project=2;clock=', true, 1, 1, '2026-10-01 09:00+07', '2026-10-01 08:59+07');
insert into ops.dbt_span (since, until) values (null, '10:20:10');
insert into ops.dbt_standing (project) values ('p1');
insert into ops.outbox (edition, recipient, kode_kecamatan, message_id, document_sha256, status, sent_at)
values ('camat/2026-10', 'camat@padang.invalid', '13.71.01', '<a@padang.invalid>', 'd1', 'sent', '2026-11-01 08:00+07');
