{{ config(meta={"akses_camat": "baris"}) }} {{ peta_kecamatan(ref("mart__indikator")) }}
