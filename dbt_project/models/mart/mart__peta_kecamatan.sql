{{ config(meta={"camat_access": "rows"}) }} {{ peta_kecamatan(ref("mart__indikator")) }}
