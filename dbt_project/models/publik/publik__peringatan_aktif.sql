{{ config(materialized="view") }} select * from {{ ref("mart__peringatan_aktif") }}
