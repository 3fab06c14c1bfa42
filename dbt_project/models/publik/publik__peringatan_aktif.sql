select * from {{ ref("mart__peringatan_aktif") }}
