-- Simulated splits of election figures never reach publik.
select indikator_kode, wilayah_kode from {{ ref("publik__indikator") }} where domain = 'pilkada' and is_simulasi
