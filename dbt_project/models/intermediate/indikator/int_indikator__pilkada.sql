select
    pemilihan.indikator_kode,
    progres.kode_wilayah,
    'pemilihan' as periode_jenis,
    pemilihan.pemungutan_suara_tanggal as periode_mulai,
    pemilihan.pemungutan_suara_tanggal as periode_selesai,
    pemilihan.periode_label,
    progres.tps_masuk::numeric as pembilang,
    progres.tps_total::numeric as penyebut,
    null::numeric as nilai_median,
    progres.persen_lapor as nilai_lapor,
    -- The web count is never the legal result, however complete.
    true as is_belum_lengkap,
    progres.is_simulasi
from {{ ref("int_progres_suara__terkini") }} as progres
inner join {{ ref("ref_pemilihan") }} as pemilihan on progres.pemilihan = pemilihan.pemilihan
inner join
    {{ ref("dim_wilayah") }} as wilayah
    on progres.kode_wilayah = wilayah.kode_wilayah
    and wilayah.tingkat in ('kota', 'kecamatan')
