{{ config(materialized="view", meta={"camat_access": "none"}) }}

-- A view on the ledger: what is held at the moment of reading. It tells counts and reasons, never a row's content.
with
    jam as (select {{ sekarang() }} as sekarang),

    terakhir as (
        select distinct
            on (source, table_name, part, window_start, window_end) *, coalesce(rows_read, 0) > 0 as is_terbaca
        from {{ source("ops", "batch") }}
        where finished_at is not null
        order by source, table_name, part, window_start, window_end, batch_id desc
    ),

    -- Since when nothing of the part was taken: the first refusal after its last good batch.
    sejak as (
        select terakhir.batch_id, min(lama.finished_at) as sejak_at, count(*) as percobaan
        from terakhir
        inner join
            {{ source("ops", "batch") }} as lama
            on terakhir.source = lama.source
            and terakhir.table_name = lama.table_name
            and terakhir.part = lama.part
            and lama.status = 'held'
            and lama.batch_id > coalesce(
                (
                    select max(baik.batch_id)
                    from {{ source("ops", "batch") }} as baik
                    where
                        baik.source = terakhir.source
                        and baik.table_name = terakhir.table_name
                        and baik.part = terakhir.part
                        and baik.status in ('published', 'unchanged')
                ),
                0
            )
        where terakhir.status = 'held' and not {{ is_dibuang("terakhir") }}
        group by terakhir.batch_id
    )

select
    terakhir.batch_id,
    terakhir.source,
    katalog.title as judul,
    katalog.opd_name as opd_nama,
    katalog.steward as penanggung_jawab,
    terakhir.table_name as tabel,
    terakhir.part as bagian,
    {{ sebab_ditahan("terakhir.reason") }} || case
        when terakhir.rows_quarantined > 0
        then
            ' ('
            || {{ indonesian_number("terakhir.rows_quarantined", 0) }}
            || ' dari '
            || {{ indonesian_number("terakhir.rows_read", 0) }}
            || ' baris dikarantina)'
        else ''
    end
    || '.' as sebab,
    terakhir.reason as alasan,
    date_trunc('second', {{ local_time("sejak.sejak_at") }}) as sejak,
    {{ waktu_teks(local_time("sejak.sejak_at")) }} as sejak_teks,
    {{ lama_teks("(extract(epoch from jam.sekarang - sejak.sejak_at)::numeric / 3600)") }} as lama_teks,
    sejak.percobaan,
    terakhir.rows_read as baris_dibaca,
    terakhir.rows_quarantined as baris_karantina,
    {{ tindakan_ditahan("terakhir.reason") }} || case
        when terakhir.is_terbaca
        then ' Bila isinya memang demikian, terbitkan dengan perintah di samping.'
        else ' Muat ulang dengan perintah di samping.'
    end as tindakan,
    case
        when terakhir.is_terbaca
        then
            'python -m command_center release '
            || {{ shell_text("terakhir.source") }}
            || ' '
            || {{ shell_text("terakhir.table_name") }}
            || ' '
            || {{ shell_text("terakhir.part") }}
            || ' --jabatan ''…'' --alasan ''…'' --load'
        else
            'python -m command_center replay '
            || {{ shell_text("terakhir.source") }}
            || ' '
            || {{ shell_text("terakhir.table_name") }}
            || ' '
            || {{ shell_text("terakhir.part") }}
    end as perintah,
    '<a href="/hasil-pemeriksaan/#kiriman-'
    || terakhir.batch_id
    || '">kiriman '
    || terakhir.batch_id
    || '</a>' as rincian_tautan,
    {{ label_simulasi("terakhir.is_simulasi") }} as label_data
from terakhir
cross join jam
inner join sejak on terakhir.batch_id = sejak.batch_id
left join {{ source("ops", "source_catalogue") }} as katalog on terakhir.source = katalog.source
