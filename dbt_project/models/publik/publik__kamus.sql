-- What each figure of the public means.
select
    kamus.indikator_kode,
    kamus.indikator_nama,
    kamus.domain,
    kamus.bidang_nama,
    kamus.definisi,
    kamus.interpretasi,
    kamus.rumus,
    kamus.satuan,
    kamus.arah_teks,
    kamus.ambang_teks,
    kamus.ambang_dasar,
    kamus.dasar_hukum,
    kamus.sumber_judul,
    kamus.opd_nama,
    kamus.jadwal_teks,
    kamus.data_sampai_teks
from {{ ref("mart__kamus") }} as kamus
where exists (select from {{ ref("publik__indikator") }} as terbit where terbit.indikator_kode = kamus.indikator_kode)
