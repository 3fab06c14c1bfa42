{{ config(materialized="table") }}

{#- Since a range has no end of its own when it goes on without, the calendar gives it. -#}
with
    periode as (
        select
            *,
            tstzrange({{ from_local_time("periode_mulai") }}, {{ from_local_time("periode_selesai + 1") }}) as rentang
        from {{ ref("dim_periode") }}
        where periode_jenis <> 'pemilihan'
    ),

    dilihat as (
        select
            cakupan.source,
            cakupan.tanpa_tabel,
            periode.periode_jenis,
            periode.periode_mulai,
            periode.rentang,
            upper(cakupan.rentang) as hingga_at,
            cakupan.rentang as rentang_sumber,
            periode.periode_sebelum,
            -- As far into the month before as the content reaches into this one; of a shorter one, its end.
            {{
                from_local_time(
                    "least(periode.periode_sebelum + ("
                    ~ local_time("upper(cakupan.rentang)")
                    ~ " - periode.periode_mulai), periode.periode_mulai)"
                )
            }} as hari_sama_hingga_at,
            case
                when cakupan.rentang @> periode.rentang
                then 'penuh'
                when cakupan.rentang && periode.rentang
                then 'sebagian'
                else 'kosong'
            end as cakupan,
            cakupan.rentang_salah_satu && periode.rentang as is_diceritakan
        from {{ ref("int_sumber__cakupan") }} as cakupan
        -- To the end of what any table tells: rows of a period that another table does not reach are no figure yet.
        inner join
            periode
            on range_merge(cakupan.rentang) && periode.rentang
            or (
                not isempty(cakupan.rentang)
                and tstzrange(lower(cakupan.rentang), upper(cakupan.rentang_salah_satu)) && periode.rentang
            )
    ),

    -- A running month, which is covered from its begin to the content's end, and the same days before it, covered
    -- whole.
    berjalan as (
        select *
        from dilihat
        where
            periode_jenis = 'bulan'
            and cakupan = 'sebagian'
            and hingga_at > lower(rentang)
            and rentang_sumber @> tstzrange(lower(rentang), hingga_at)
            and rentang_sumber @> tstzrange({{ from_local_time("periode_sebelum") }}, hari_sama_hingga_at)
    ),

    -- The batches that a period's figures are made of, by the time that they cover.
    bahan as (
        select
            dilihat.source,
            dilihat.tanpa_tabel,
            dilihat.periode_jenis,
            dilihat.periode_mulai,
            max(batch.hingga_at) as data_per_at
        from dilihat
        inner join
            {{ ref("stg_ops__coverage") }} as batch
            on dilihat.source = batch.source
            and batch.table_name <> all(string_to_array(dilihat.tanpa_tabel, ','))
            and tstzrange(batch.mulai_at, batch.hingga_at) && dilihat.rentang
        group by dilihat.source, dilihat.tanpa_tabel, dilihat.periode_jenis, dilihat.periode_mulai
    )

select
    dilihat.source,
    dilihat.tanpa_tabel,
    dilihat.periode_jenis,
    dilihat.periode_mulai,
    dilihat.cakupan,
    case
        when dilihat.cakupan = 'kosong' and dilihat.is_diceritakan
        then 'sebagian data periode ini tidak diterima'
        when dilihat.cakupan = 'kosong'
        then 'data periode ini tidak diterima'
        when dilihat.cakupan = 'sebagian' and dilihat.hingga_at < upper(dilihat.rentang)
        then 'data baru sampai ' || to_char({{ local_until("dilihat.hingga_at") }}, 'DD-MM-YYYY')
        when dilihat.cakupan = 'sebagian'
        then 'sebagian data periode ini tidak diterima'
    end as alasan,
    bahan.data_per_at,
    berjalan.periode_sebelum as hari_sama_mulai,
    berjalan.hari_sama_hingga_at
from dilihat
left join
    berjalan
    on dilihat.source = berjalan.source
    and dilihat.tanpa_tabel = berjalan.tanpa_tabel
    and dilihat.periode_jenis = berjalan.periode_jenis
    and dilihat.periode_mulai = berjalan.periode_mulai
left join
    bahan
    on dilihat.source = bahan.source
    and dilihat.tanpa_tabel = bahan.tanpa_tabel
    and dilihat.periode_jenis = bahan.periode_jenis
    and dilihat.periode_mulai = bahan.periode_mulai
