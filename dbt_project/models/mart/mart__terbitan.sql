{{ config(materialized="view", meta={"camat_access": "all"}) }} {{ terbitan(ref("mart__indikator"), with_unseen=true) }}
