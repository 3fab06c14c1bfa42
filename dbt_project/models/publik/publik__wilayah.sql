select * from {{ ref("mart__wilayah") }}
