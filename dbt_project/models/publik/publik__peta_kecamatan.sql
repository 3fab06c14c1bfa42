{{ peta_kecamatan(ref("publik__indikator")) }}
