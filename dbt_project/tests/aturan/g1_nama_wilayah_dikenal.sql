{{ config(severity="warn") }}

-- G1: a name that no code was found for; its rows count for the city only.
select distinct 'fct_isian_kelurahan' as model, kelurahan as nama
from {{ ref("fct_isian_kelurahan") }}
where kode_kelurahan is null
union all
select distinct 'fct_dpt', nama_kelurahan
from {{ ref("fct_dpt") }}
where kode_kelurahan is null
union all
select distinct 'fct_kesakitan', puskesmas
from {{ ref("fct_kesakitan") }}
where kode_kecamatan is null
union all
select distinct 'fct_layanan_spm', puskesmas
from {{ ref("fct_layanan_spm") }}
where kode_kecamatan is null
union all
select distinct 'fct_capaian_iku', opd
from {{ ref("fct_capaian_iku") }}
where kode_opd is null
