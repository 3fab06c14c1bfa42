select no_kejadian
from {{ ref("fct_kejadian_bencana") }}
where
    least(
        meninggal_jiwa,
        hilang_jiwa,
        luka_jiwa,
        mengungsi_jiwa,
        terdampak_jiwa,
        rumah_ringan_unit,
        rumah_sedang_unit,
        rumah_berat_unit
    )
    < 0
