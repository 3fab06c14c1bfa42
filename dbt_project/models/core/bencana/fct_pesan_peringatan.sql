with
    pesan as (select * from {{ ref("stg_bmkg_nowcast__peringatan") }}),

    -- What a later message names as updated or taken back holds no longer.
    dirujuk as (
        select distinct split_part(rujukan, ',', 2) as peringatan_kode
        from pesan
        cross join lateral string_to_table(pesan.merujuk, ' ') as rujukan
        where pesan.jenis_pesan in ('Update', 'Cancel') and pesan.status = 'Actual'
    )

-- A warning in several languages is one; Indonesian first.
select distinct
    on (pesan.peringatan_kode)
    pesan.peringatan_kode,
    pesan.acara,
    pesan.keparahan,
    pesan.kepastian,
    pesan.judul,
    pesan.uraian,
    pesan.anjuran,
    pesan.pengirim,
    pesan.dikirim_at,
    pesan.berlaku_at,
    pesan.berakhir_at,
    pesan.status = 'Actual' and pesan.jenis_pesan <> 'Cancel' as is_sungguhan,
    dirujuk.peringatan_kode is not null as is_diganti,
    pesan._is_simulasi as is_simulasi,
    pesan._batch_id
from pesan
left join dirujuk on pesan.peringatan_kode = dirujuk.peringatan_kode
order by pesan.peringatan_kode, coalesce(pesan.bahasa, '') not like 'id%', pesan.info_urutan
