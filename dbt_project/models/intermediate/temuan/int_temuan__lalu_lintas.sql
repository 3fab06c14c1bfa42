with
    temuan as (
        select
            'kemacetan_simpang' as aturan_kode,
            'simpang' as subjek_jenis,
            simpang as subjek_nama,
            kode_kecamatan as wilayah_kode,
            kode_kecamatan,
            null::text as opd_nama,
            indikator_kode,
            nilai_teks,
            target_teks,
            concat_ws(
                ', ',
                coalesce('Kecamatan ' || kecamatan, 'kecamatannya tidak diketahui'),
                'sementara: ' || sementara_karena
            ) as rincian,
            status,
            abs(nilai - target) as besar,
            sejak,
            periode_selesai as hingga,
            periode_label,
            'dishub_hitung' as source,
            is_simulasi
        from {{ ref("int_kemacetan__simpang") }}
        where is_terkini and status in ('waspada', 'siaga', 'buruk')
    )

select {{ temuan_columns() }}
from temuan
