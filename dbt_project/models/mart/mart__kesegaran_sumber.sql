{{ config(materialized="view", meta={"akses_camat": "semua"}) }} {{ kesegaran_sumber() }}
