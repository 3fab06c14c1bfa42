{{ config(materialized="table") }}

{#- An election is told by all that comes from its day to the next one. -#}
with
    periode as (
        select
            periode_jenis,
            periode_mulai,
            tstzrange(
                {{ from_local_time("periode_mulai") }},
                case
                    when periode_jenis = 'pemilihan'
                    then
                        {{
                            from_local_time(
                                "lead(periode_mulai) over (partition by periode_jenis order by periode_mulai)"
                            )
                        }}
                    else {{ from_local_time("periode_selesai + 1") }}
                end
            ) as rentang
        from {{ ref("dim_periode") }}
    ),

    -- What may be of any time that its batch covers is judged by itself: among the few rows of a month it would weigh
    -- nothing.
    bagian as (
        select
            isi.source,
            isi.table_name,
            periode.periode_jenis,
            periode.periode_mulai,
            100.0 * sum(isi.baris_diragukan) / sum(isi.baris_dibaca) as persen_diragukan
        from {{ ref("stg_ops__content") }} as isi
        inner join periode on tstzrange(isi.mulai_at, isi.hingga_at) && periode.rentang
        where isi.mulai_at <= isi.hingga_at or isi.mulai_at is null or isi.hingga_at is null
        group by isi.source, isi.table_name, isi.is_dated, periode.periode_jenis, periode.periode_mulai
        having sum(isi.baris_diragukan) > 0
    )

select source, table_name, periode_jenis, periode_mulai, max(persen_diragukan) as persen_diragukan
from bagian
where persen_diragukan >= {{ var("peringatan_mulai_persen") }}
group by source, table_name, periode_jenis, periode_mulai
