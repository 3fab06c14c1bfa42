select asli.kasus, asli.butir, asli.nilai as nilai_asli, terkoreksi.nilai as nilai_terkoreksi, asli.satuan, asli.sumber
from {{ ref("ref_angka_terbitan") }} as asli
inner join
    ({{ corrected(ref("ref_angka_terbitan"), "ref_angka_terbitan") }}) as terkoreksi
    on asli.kasus = terkoreksi.kasus
    and asli.butir = terkoreksi.butir
