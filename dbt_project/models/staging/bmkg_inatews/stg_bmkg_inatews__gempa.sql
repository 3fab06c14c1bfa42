with
    source as (select * from {{ source("bmkg_inatews", "gempa") }}),

    renamed as (
        select
            -- keys
            daftar,
            gempa_kode,
            dikirim_at,

            -- texts
            peringatan_kode,
            status_pesan,
            acara,
            lintang_teks,
            bujur_teks,
            wilayah,
            potensi,
            perihal,
            judul,
            uraian,
            anjuran,
            anjuran_awas,
            anjuran_siaga,
            anjuran_waspada,
            dirasakan,
            {{ daftar_json("zona_peringatan") }} as zona_peringatan,
            shakemap,

            -- times
            pesan_at,
            (gempa_tanggal + gempa_jam) at time zone 'Asia/Jakarta' as gempa_at,

            -- numbers
            bujur,
            lintang,
            magnitudo,
            kedalaman_km,

            -- provenance
            _batch_id,
            _row,
            _part,
            _is_simulasi,
            _observed_at
        from source
    )

select *
from renamed
