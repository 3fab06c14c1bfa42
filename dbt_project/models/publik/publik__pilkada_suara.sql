select * from {{ ref("mart__pilkada_suara") }} where not is_simulasi
