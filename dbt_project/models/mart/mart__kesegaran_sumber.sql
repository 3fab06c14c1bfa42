{{ config(materialized="view", meta={"camat_access": "all"}) }} {{ kesegaran_sumber() }}
