-- Every published case comes out as it is known to: passed, warned of or failed, by the difference that is known.
select *
from {{ ref("mart__uji_terbitan") }}
where
    hasil <> diharapkan
    or (case when hasil = 'lolos' and uji not in ('G10') then 0 else selisih end) <> selisih_diharapkan

union all

-- None is lost on the way.
select uji.kasus, uji.uji, uji.arti, null, null, null, 'hilang', uji.diharapkan, null, uji.is_terkoreksi, null
from {{ ref("ref_uji_terbitan") }} as uji
left join {{ ref("mart__uji_terbitan") }} as hasil on uji.kasus = hasil.kasus and uji.uji = hasil.uji
where hasil.kasus is null
