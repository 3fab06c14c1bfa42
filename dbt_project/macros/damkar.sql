{#- What is counted of fires and rescues: those within the city, or of which the place is not known. -#}
{% macro damkar_terhitung() -%} select * from {{ ref("fct_kejadian_damkar") }} where not is_luar_wilayah {%- endmacro %}

{#- The measures of it: name -> aggregate expression. -#}
{% macro ukuran_damkar() %}
    {{
        return(
            {
                "jumlah_kebakaran": "count(*) filter (where jenis= 'Kebakaran')",
                "jumlah_penyelamatan": "count(*) filter (where jenis= 'Penyelamatan')",
                "jumlah_kejadian": "count(*)",
                "jumlah_waktu_sah": "count(waktu_tanggap_menit)",
                "jumlah_tanggap_15mnt": "count(*) filter (where waktu_tanggap_menit <= 15)",
                "waktu_tanggap_median_menit": "(percentile_cont(0.5) within group (order by waktu_tanggap_menit))::numeric",
                "kerugian_idr": "sum(kerugian_idr) filter (where jenis= 'Kebakaran')",
                "jumlah_kerugian_ditaksir": "count(kerugian_idr) filter (where jenis= 'Kebakaran')",
                "korban_jiwa": "sum(coalesce(luka_jiwa, 0) + coalesce(meninggal_jiwa, 0)) filter (where jenis= 'Kebakaran' and num_nonnulls(luka_jiwa, meninggal_jiwa) > 0)",
                "jumlah_korban_didata": "count(*) filter (where jenis= 'Kebakaran' and num_nonnulls(luka_jiwa, meninggal_jiwa) = 2)",
            }
        )
    }}
{% endmacro %}
