select * from {{ ref("mart__gempa") }}
