select * from {{ ref("mart__damkar_bulanan") }}
