{{ config(materialized="view") }} {{ kesegaran_sumber() }}
