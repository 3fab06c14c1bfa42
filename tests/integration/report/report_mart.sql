-- The mart tables that a camat's report reads, filled by rule: small, and every figure known in advance.
-- Runs as cc_transformer after mart.wilayah was copied from the seed. :months start in 2025-10.
create table mart.damkar_bulanan as
select w.kode_kecamatan, w.nama as kecamatan, m::date as bulan,
    (nomor * 3 + extract(month from m)::int) % 9 as jumlah_kebakaran,
    10 + (nomor * 5 + extract(month from m)::int * 2) % 13 as jumlah_penyelamatan,
    (10 + nomor * 0.75 + extract(month from m)::int * 0.1)::numeric(6, 2) as waktu_tanggap_median_menit,
    (95 - nomor * 2)::numeric(6, 2) as persen_tanggap_15mnt,
    'DATA SIMULASI'::text as label_data
from (select *, right(kode_wilayah, 2)::int as nomor from mart.wilayah where tingkat = 'kecamatan') as w,
    generate_series('2025-10-01'::date, '2026-11-01'::date, '1 month') as m;

create table mart.indikator as
with kelurahan as (
    select kode_wilayah, nama, tingkat, kode_kecamatan, m::date as bulan, kode,
        ((right(kode_wilayah, 2)::int * 7 + extract(month from m)::int * 3 + length(kode)) % 4)::numeric as nilai
    from mart.wilayah, generate_series('2025-10-01'::date, '2026-11-01'::date, '1 month') as m,
        (values ('jumlah_kebakaran'), ('jumlah_penyelamatan')) as k (kode)
    where tingkat = 'kelurahan'
), kecamatan as (
    select w.kode_wilayah, w.nama, w.tingkat, w.kode_kecamatan, d.bulan, k.kode, k.nilai::numeric
    from mart.damkar_bulanan as d
    join mart.wilayah as w on w.kode_wilayah = d.kode_kecamatan,
        lateral (values ('jumlah_kebakaran', d.jumlah_kebakaran::numeric),
            ('jumlah_penyelamatan', d.jumlah_penyelamatan), ('waktu_tanggap', d.waktu_tanggap_median_menit),
            ('persen_tanggap_15mnt', d.persen_tanggap_15mnt)) as k (kode, nilai)
), berperingkat as (
    select *, rank() over (partition by tingkat, kode, bulan, case when tingkat = 'kelurahan' then kode_kecamatan end
            order by nilai * case when kode = 'persen_tanggap_15mnt' then -1 else 1 end) as peringkat,
        count(*) over (partition by tingkat, kode, bulan) as jumlah_wilayah,
        avg(nilai) over (partition by tingkat, kode, bulan) as rerata,
        lag(nilai) over (partition by kode_wilayah, kode order by bulan) as sebelumnya
    from (select * from kelurahan union all select * from kecamatan) as semua
)
select kode as indikator_kode, initcap(replace(kode, '_', ' ')) as indikator_nama, 'kebakaran' as domain,
    case kode when 'waktu_tanggap' then 'menit' when 'persen_tanggap_15mnt' then 'persen' else 'kejadian' end as satuan,
    case kode when 'persen_tanggap_15mnt' then 'naik_baik' else 'turun_baik' end as arah,
    kode_wilayah as wilayah_kode, nama as wilayah_nama, tingkat as wilayah_tingkat, kode_kecamatan,
    'bulan' as periode_jenis, bulan as periode_mulai, (bulan + interval '1 month - 1 day')::date as periode_selesai,
    to_char(bulan, 'YYYY-MM') as periode_label, nilai as pembilang, null::numeric as penyebut, nilai,
    null::numeric as nilai_lapor, peringkat::int, jumlah_wilayah::int, round(rerata, 2) as rerata_kecamatan,
    (case when kode like 'jumlah%' then 77 else 14 end)::numeric as nilai_kota, sebelumnya as nilai_sebelumnya,
    nilai - sebelumnya as perubahan,
    case when kode like 'jumlah%' then 'tanpa_ambang' when kode = 'waktu_tanggap' and nilai > 15 then 'waspada'
        when kode = 'persen_tanggap_15mnt' and nilai < 80 then 'buruk' else 'baik' end as status,
    'lolos' as mutu, false as is_sementara, null::text as sementara_karena, true as is_simulasi, 'Dinas Pemadam Kebakaran' as sumber,
    timestamp '2026-11-22 05:15' as data_per, 'DATA SIMULASI'::text as label_data, 'publik' as klasifikasi
from berperingkat;

create table mart.skdr_mingguan as
select w.kode_kecamatan, w.nama as kecamatan, 2026 as tahun, n as minggu, mulai::date as minggu_mulai,
    (mulai + interval '6 days')::date as minggu_selesai, p.penyakit,
    (right(w.kode_wilayah, 2)::int * p.besar + n) % (p.besar * 3 + 1) as kasus, 'DATA SIMULASI'::text as label_data
from mart.wilayah as w,
    generate_series('2026-08-30'::date, '2026-11-15'::date, '7 days') with ordinality as m (mulai, urut),
    lateral (select 34 + urut::int as n) as minggu,
    (values ('ISPA', 41), ('Diare akut', 12), ('Suspek dengue', 6), ('Suspek campak', 2), ('Suspek demam tifoid', 3),
        ('Pneumonia', 5), ('Gigitan hewan penular rabies', 1), ('Suspek leptospirosis', 0)) as p (penyakit, besar)
where w.tingkat = 'kecamatan';

create table mart.pilkada_suara as
select p.kode as pemilihan, p.nama as pemilihan_nama, w.kode_wilayah as wilayah_kode, w.nama as wilayah_nama,
    w.tingkat as wilayah_tingkat, w.kode_kecamatan, nomor::text as paslon_id, nomor as nomor_urut,
    'Pasangan ' || nomor as paslon_nama, 1000 * nomor as suara, 50.0 as persen, 120 as tps_masuk, 130 as tps_total,
    92.31 as progres_persen, timestamp '2024-11-28 10:00' as waktu, true as is_sementara, true as is_simulasi,
    'DATA SIMULASI'::text as label_data, 'Sementara, bukan hasil resmi' as catatan
from mart.wilayah as w, generate_series(1, 2) as nomor, (values ('pkwkp', 'Gubernur'), ('pkwkk', 'Wali Kota')) as p (kode, nama)
where w.tingkat = 'kecamatan';

create table mart.kesegaran_sumber as
select * from (values
    ('damkar_kejadian', 'Kejadian kebakaran dan penyelamatan', 'damkar', 'Dinas Pemadam Kebakaran',
        timestamp '2026-11-22 05:15', 20.0, 36.0, 'segar', 11::bigint, 'peringatan', 2310::bigint, 14::bigint),
    ('dinkes_skdr', 'Sistem Kewaspadaan Dini dan Respons (SKDR)', 'dinkes', 'Dinas Kesehatan',
        timestamp '2026-11-16 09:30', 170.0, 240.0, 'segar', 12, 'lolos', 9120, 0),
    ('kpu_sirekap', 'Penghitungan suara pilkada', 'kpu', 'KPU Kota Padang', null, null, 48.0, 'belum_ada', null, null, null, null)
) as t (source, judul, opd, opd_nama, data_per, umur_jam, batas_jam, status, batch_id, mutu, baris_terbit, baris_karantina);

do $$
declare
    relation text;
    kode text;
begin
    foreach relation in array array['damkar_bulanan', 'indikator', 'skdr_mingguan', 'pilkada_suara'] loop
        execute format('alter table mart.%I enable row level security', relation);
        execute format('create policy own_kecamatan on mart.%I for select using (
            kode_kecamatan is null or session_user = ''camat_'' || replace(kode_kecamatan, ''.'', ''''))', relation);
    end loop;
    for kode in select replace(kode_wilayah, '.', '') from mart.wilayah where tingkat = 'kecamatan' loop
        execute format('grant usage on schema mart to camat_%s', kode);
        execute format('grant select on all tables in schema mart to camat_%s', kode);
    end loop;
end $$;
