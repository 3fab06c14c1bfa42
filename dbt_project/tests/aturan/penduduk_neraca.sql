{{ config(severity="warn") }}

-- End = start + born − died + came − left; the cleaning of the register breaks it, so it is no error.
with
    semester as (
        select
            per_tanggal,
            kode_kecamatan,
            sum(penduduk_jiwa) as akhir,
            lag(sum(penduduk_jiwa)) over (partition by kode_kecamatan order by per_tanggal) as awal,
            lag(per_tanggal) over (partition by kode_kecamatan order by per_tanggal) as sejak
        from {{ ref("fct_penduduk") }}
        group by per_tanggal, kode_kecamatan
    )

select
    semester.per_tanggal,
    semester.kode_kecamatan,
    semester.awal,
    semester.akhir,
    sum(mutasi.lahir_jiwa - mutasi.mati_jiwa + mutasi.datang_jiwa - mutasi.pindah_jiwa) as mutasi
from semester
inner join
    {{ ref("fct_mutasi_penduduk") }} as mutasi
    on semester.kode_kecamatan = mutasi.kode_kecamatan
    and mutasi.bulan_mulai > semester.sejak
    and mutasi.bulan_mulai <= semester.per_tanggal
group by semester.per_tanggal, semester.kode_kecamatan, semester.awal, semester.akhir
having
    semester.awal + sum(mutasi.lahir_jiwa - mutasi.mati_jiwa + mutasi.datang_jiwa - mutasi.pindah_jiwa)
    <> semester.akhir
