{#- Batches whose rows this model has not taken yet. Batch numbers are given at the start of a load and may be published
    in another order, so the highest number is no watermark. The recursion hops over the index on _batch_id. -#}
{% macro batch_baru(source_name, table_name) %}
    select batch.batch_id
    from {{ source("ops", "batch") }} as batch
    where
        batch.source = '{{ source_name }}'
        and batch.table_name = '{{ table_name }}'
        and batch.status = 'published'
        and batch.batch_id not in (
            with recursive
                terpakai as (
                    (select _batch_id from {{ this }} order by _batch_id limit 1)
                    union all
                    select
                        (
                            select berikut._batch_id
                            from {{ this }} as berikut
                            where berikut._batch_id > terpakai._batch_id
                            order by berikut._batch_id
                            limit 1
                        )
                    from terpakai
                    where terpakai._batch_id is not null
                )
            select _batch_id
            from terpakai
            where _batch_id is not null
        )
{% endmacro %}
