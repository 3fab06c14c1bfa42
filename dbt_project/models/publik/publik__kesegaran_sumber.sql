{{ config(materialized="view") }}

-- The age of what the public sees. Sources of which every indicator is restricted are the city's own affair, and so
-- is how many rows of a source were set aside.
with sumber as ({{ kesegaran_sumber() }})

select source, judul, opd, opd_nama, data_per, umur_jam, batas_jam, status, mutu
from sumber
where source not in ('{{ var("sumber_terbatas") | join("', '") }}')
