{{ config(materialized="view") }}

select domain, terbitan_at, umur_jam, data_per, is_ditahan
from ({{ terbitan(ref("publik__indikator")) }}) as terbitan
