{{ ubin(ref("publik__indikator"), "publik_tingkat", is_untuk_pejabat=false) }}
