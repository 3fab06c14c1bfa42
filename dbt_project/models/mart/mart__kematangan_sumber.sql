{{ config(materialized="view", meta={"camat_access": "none"}) }}

{%- set tangga = var("tangga_kematangan") -%}
{%- set baik = "('published', 'unchanged')" -%}

-- A view, so that a hold and the end of an approval count from that moment on. It reads ops directly, as kesegaran_isi
-- does.
with
    sumber as (
        select
            source,
            title as judul,
            opd_name as opd_nama,
            steward as penanggung_jawab,
            schedule,
            declared ->> 'access' as akses,
            declared ->> 'kip' as kip,
            (
                select count(distinct diminta.tabel)
                from jsonb_path_query(declared, '$.extract.requests[*].tables[*]') as diminta(tabel)
            )::int as jumlah_tabel,
            declared -> 'openings' is not null as is_pembuka_diketahui,
            answer_hours * interval '1 hour' as jeda,
            {{ sekarang() }} as sekarang
        from {{ source("ops", "source_catalogue") }}
    ),

    terbit as (select distinct source from {{ source("ops", "batch") }} where status = 'published'),

    -- What a scheduled run made of each part in the end, after any retry; what a person threw away says nothing.
    hasil as (
        select distinct
            on (
                batch.source, batch.run_id, batch.table_name, batch.part, batch.window_start, batch.window_end
            ) batch.source,
            batch.run_id,
            batch.table_name,
            batch.status,
            batch.batch_id,
            batch.finished_at
        from {{ source("ops", "batch") }} as batch
        inner join sumber on batch.source = sumber.source
        where
            batch.run_id like 'scheduled\_\_%'
            and batch.started_at
            > sumber.sekarang - least(greatest(3 * sumber.jeda, interval '2 days'), interval '200 days')
            and (batch.status <> 'held' or not {{ is_dibuang("batch") }})
        order by
            batch.source,
            batch.run_id,
            batch.table_name,
            batch.part,
            batch.window_start,
            batch.window_end,
            batch.batch_id desc
    ),

    dijalankan as (
        select
            hasil.source,
            hasil.run_id,
            max(hasil.batch_id) as batch_id,
            max(hasil.finished_at) as selesai_at,
            count(*) filter (where hasil.status = 'held') as ditahan,
            count(*) filter (where hasil.status = 'failed') as gagal,
            count(distinct hasil.table_name) filter (where hasil.status in {{ baik }}) as tabel_baik,
            count(distinct hasil.table_name) as tabel_datang,
            count(*) filter (where hasil.status = 'loading') as berjalan
        from hasil
        group by hasil.source, hasil.run_id
    ),

    -- A run that lacks tables and ended a moment ago may go on.
    siklus as (
        select
            dijalankan.*,
            sumber.jumlah_tabel - dijalankan.tabel_datang as kurang,
            coalesce(
                lead(dijalankan.selesai_at) over (partition by dijalankan.source order by dijalankan.batch_id),
                sumber.sekarang
            )
            - dijalankan.selesai_at
            > sumber.jeda as is_putus,
            row_number() over (partition by dijalankan.source order by dijalankan.batch_id desc) as ke
        from dijalankan
        inner join sumber on dijalankan.source = sumber.source
        where
            dijalankan.berjalan = 0
            and (
                dijalankan.tabel_datang >= sumber.jumlah_tabel
                or dijalankan.ditahan + dijalankan.gagal > 0
                or dijalankan.selesai_at < sumber.sekarang - interval '15 minutes'
            )
    ),

    rentetan as (
        select
            siklus.*,
            bool_and(siklus.kurang <= 0 and siklus.ditahan = 0 and siklus.gagal = 0 and not siklus.is_putus) over (
                partition by siklus.source order by siklus.ke rows unbounded preceding
            ) as is_bersih
        from siklus
    ),

    ringkasan as (
        select
            source,
            bool_or(tabel_baik > 0) as is_berhasil,
            count(*) filter (where is_bersih)::int as siklus_bersih,
            max(ditahan) filter (where ke = 1) as ditahan,
            max(gagal) filter (where ke = 1) as gagal,
            max(kurang) filter (where ke = 1) as kurang,
            max(selesai_at) filter (where ke = 1 and is_putus) as putus_at
        from rentetan
        group by source
    ),

    -- The newest decision of each body on a definition; the system's, at a deadline or an expiry, count for both.
    suara as (
        select distinct
            on (keputusan.objek, keputusan.checksum, badan.nama) keputusan.objek,
            keputusan.checksum,
            badan.nama,
            keputusan.jenis,
            keputusan.berlaku_sampai
        from {{ source("ops", "keputusan") }} as keputusan
        inner join
            (values ('walidata'), ('ppid')) as badan(nama)
            on keputusan.jenis
            in ('publik_setuju_' || badan.nama, 'publik_tolak_' || badan.nama, 'publik_tenggat', 'publik_berakhir')
        order by keputusan.objek, keputusan.checksum, badan.nama, keputusan.keputusan_id desc
    ),

    izin as (
        select
            objek,
            checksum,
            count(*) filter (where jenis = 'publik_setuju_' || nama and berlaku_sampai > clock_timestamp())
            = 2 as is_berlaku,
            bool_or(jenis = 'publik_berakhir' or berlaku_sampai <= clock_timestamp()) as is_berakhir
        from suara
        group by objek, checksum
    ),

    pembuka as (
        select katalog.source, isi.nomor, isi.pembuka ->> 'nama' as nama, isi.pembuka -> 'syarat' as syarat
        from {{ source("ops", "source_catalogue") }} as katalog
        cross join lateral jsonb_array_elements(coalesce(katalog.declared -> 'openings', '[]'::jsonb))
        with ordinality as isi(pembuka, nomor)
    ),

    dibuka as (
        select
            pembuka.source,
            pembuka.nomor,
            pembuka.nama,
            bool_and(coalesce(izin.is_berlaku, false)) as is_terbuka,
            bool_or(coalesce(izin.is_berakhir, false)) as is_berakhir
        from pembuka
        cross join lateral jsonb_each_text(pembuka.syarat) as syarat(objek, checksum)
        left join izin on syarat.objek = izin.objek and syarat.checksum = izin.checksum
        group by pembuka.source, pembuka.nomor, pembuka.nama
    ),

    umum as (
        select
            source,
            count(*) as diusulkan,
            count(*) filter (where is_terbuka)::int as terbuka,
            count(*) filter (where is_berakhir) as berakhir,
            array_agg(nama order by nomor) as nama_usulan,
            array_agg(nama order by nomor) filter (where is_terbuka) as nama_terbuka
        from dibuka
        group by source
    ),

    fakta as (
        select
            sumber.*,
            terbit.source is not null as is_terbit,
            ringkasan.siklus_bersih,
            coalesce(ringkasan.is_berhasil, false) as is_berhasil,
            ringkasan.ditahan,
            ringkasan.gagal,
            ringkasan.kurang,
            ringkasan.putus_at,
            case when sumber.is_pembuka_diketahui then coalesce(umum.terbuka, 0) end as terbuka,
            coalesce(umum.diusulkan, 0) as diusulkan,
            coalesce(umum.berakhir, 0) as berakhir,
            umum.nama_usulan,
            umum.nama_terbuka
        from sumber
        left join terbit on sumber.source = terbit.source
        left join ringkasan on sumber.source = ringkasan.source
        left join umum on sumber.source = umum.source
    ),

    langkah as (
        select
            *,
            is_terbit as is_langkah_1,
            coalesce(akses <> 'unggah' and schedule is not null and is_berhasil, false) as is_langkah_2,
            coalesce(akses in ('antarmuka', 'basis_data'), false) as is_langkah_3,
            coalesce(siklus_bersih >= 2, false) as is_langkah_4,
            coalesce(terbuka > 0, false) as is_langkah_5
        from fakta
    ),

    tingkat as (
        select
            *,
            case
                when not is_langkah_1
                then 0
                when not is_langkah_2
                then 1
                when not is_langkah_3
                then 2
                when not is_langkah_4
                then 3
                when not is_langkah_5
                then 4
                else 5
            end as tingkat
        from langkah
    ),

    bertutur as (
        select
            *,
            case
                akses
                {% for akses, kata in var("cara_akses").items() %} when '{{ akses }}' then '{{ kata }}' {% endfor %}
                else 'Cara aksesnya belum diketahui'
            end as akses_teks,
            case
                when schedule is null
                then 'diambil bila diminta, tanpa jadwal'
                when akses = 'unggah'
                then 'foldernya diperiksa ' || {{ jadwal_teks("schedule") }}
                else 'diambil ' || {{ jadwal_teks("schedule") }}
            end as pengambilan_teks,
            case
                when siklus_bersih is null
                then 'belum ada pengambilan terjadwal yang tercatat'
                when siklus_bersih = 1
                then '1 siklus bersih'
                when siklus_bersih > 100
                then 'lebih dari 100 siklus bersih berturut-turut'
                when siklus_bersih > 1
                then {{ indonesian_number("siklus_bersih", 0) }} || ' siklus bersih berturut-turut'
                else
                    'siklus terakhir tidak bersih: ' || concat_ws(
                        ', ',
                        case when ditahan > 0 then ditahan || ' kiriman ditahan' end,
                        case when gagal > 0 then gagal || ' kiriman gagal' end,
                        case when kurang > 0 then kurang || ' tabel tidak datang' end,
                        case
                            when putus_at is not null
                            then 'tidak ada pengambilan lagi sejak ' || {{ waktu_teks(local_time("putus_at")) }}
                        end
                    )
            end as siklus_teks,
            case
                when terbuka > 0
                then
                    'terbuka untuk umum: '
                    || array_to_string(nama_terbuka[1:2], ', ')
                    || case when terbuka > 2 then ' dan ' || terbuka - 2 || ' lainnya' else '' end
                when terbuka = 0
                then 'belum ada yang terbuka untuk umum'
            end as umum_teks
        from tingkat
    )

select
    (row_number() over (order by tingkat, opd_nama, judul, source))::int as urutan,
    source,
    judul,
    opd_nama,
    penanggung_jawab,
    tingkat,
    (array[{% for satu in tangga %}'{{ satu.nama }}'{{ ", " if not loop.last }}{% endfor %}])[
        tingkat + 1
    ] as tingkat_nama,
    repeat('▰', tingkat)
    || repeat('▱', 5 - tingkat)
    || ' '
    || tingkat
    || ' '
    || (array[{% for satu in tangga %}'{{ satu.nama }}'{{ ", " if not loop.last }}{% endfor %}])[
        tingkat + 1
    ] as tingkat_teks,
    case
        when is_terbit
        then concat_ws('; ', akses_teks || ', ' || pengambilan_teks, siklus_teks, umum_teks) || '.'
        else akses_teks || ', ' || pengambilan_teks || '; belum pernah ada kiriman yang terbit.'
    end as alasan,
    case
        when tingkat = 0
        then 'Kiriman pertama yang lolos pemeriksaan dan terbit.'
        when tingkat = 1 and akses is null
        then 'Cara akses yang diketahui gudang data; jalankan bootstrap.'
        when tingkat = 1 and akses = 'unggah'
        then 'Berkas yang dapat diambil sendiri menurut jadwal dari peladen pemiliknya, bukan diunggah dengan tangan.'
        when tingkat = 1 and schedule is null
        then 'Jadwal pengambilan dalam deklarasi.'
        when tingkat = 1
        then 'Satu pengambilan terjadwal yang kirimannya lolos pemeriksaan.'
        when tingkat = 2
        then 'Layanan web (API) atau akses baca ke basis data, sebagai pengganti berkas.'
        when tingkat = 3 and siklus_bersih = 1
        then 'Satu siklus terjadwal bersih lagi.'
        when tingkat = 3
        then 'Dua siklus terjadwal bersih berturut-turut; ' || siklus_teks || '.'
        when tingkat = 4 and terbuka is null
        then 'Belum diketahui apa yang dapat dibuka untuk umum; jalankan bootstrap.'
        when tingkat = 4 and kip = 'dikecualikan'
        then 'Tidak ada: diusulkan sebagai informasi yang dikecualikan (UU 14/2008), sehingga tidak untuk umum.'
        when tingkat = 4 and diusulkan = 0
        then 'Satu tabel atau indikator yang diusulkan untuk umum; sekarang belum ada.'
        when tingkat = 4 and berakhir > 0
        then 'Persetujuan walidata dan PPID yang diperbarui, karena yang lama berakhir: ' || nama_usulan[1] || '.'
        when tingkat = 4
        then 'Persetujuan walidata dan PPID untuk salah satu yang diusulkan, misalnya ' || nama_usulan[1] || '.'
        else 'Tidak ada: sudah di anak tangga tertinggi.'
    end as berikutnya,
    akses_teks,
    {{ jadwal_teks("schedule") }} as jadwal_teks,
    siklus_bersih,
    terbuka as terbuka_umum,
    {% for nama in ["manual", "terjadwal", "api", "bersih", "publik"] %}
        case
            when is_langkah_{{ loop.index }} then '● sudah' else '– belum'
        end as {{ nama }}_teks{{ "," if not loop.last }}
    {% endfor %}
from bertutur
