select
    sumber_daya.sumber_daya_id,
    sumber_daya.dataset_id,
    dataset.judul,
    dataset.organisasi,
    sumber_daya.nama,
    sumber_daya.format,
    sumber_daya.diubah_at,
    dataset._is_simulasi as is_simulasi,
    sumber_daya._batch_id
from {{ ref("stg_satudata_katalog__sumber_daya") }} as sumber_daya
inner join {{ ref("stg_satudata_katalog__dataset") }} as dataset on sumber_daya.dataset_id = dataset.dataset_id
