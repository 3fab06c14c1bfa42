{{ config(materialized="view", meta={"camat_access": "none"}) }}

-- A view on the ledger: figures that were published as final and are told otherwise since.
select
    restatement_id as nomor,
    indikator_kode,
    indikator_nama,
    domain,
    wilayah_kode,
    wilayah_nama,
    periode_label,
    nilai_lama,
    nilai_baru,
    lama_teks,
    coalesce(baru_teks, 'tidak lagi diterbitkan') as baru_teks,
    case
        when sebab = 'proyek'
        then 'Rumus, koreksi, atau data rujukan diperbarui'
        when cardinality(batches) = 0
        then 'Data sumber lain yang menjadi bahannya berubah'
        else 'Data sumbernya berubah'
    end as sebab_teks,
    case when cardinality(batches) > 0 then array_to_string(batches, ', ') else '–' end as batch_teks,
    {{ local_time("edition_at") }} as terbit_lama,
    {{ local_time("created_at") }} as diubah,
    {{ waktu_teks(local_time("created_at")) }} as diubah_teks,
    {{ label_simulasi("is_simulasi") }} as label_data
from {{ source("ops", "restatement") }}
