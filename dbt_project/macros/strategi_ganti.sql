-- fmt: off
{#- One pass: what is still there is updated, what is gone is deleted, what is new is inserted. A model whose key is a
    part of its rows' key (a week of a puskesmas) is replaced key by key. -#}
{% macro get_incremental_ganti_sql(arg_dict) %}
    {% set target = arg_dict["target_relation"] %}
    {% set temp = arg_dict["temp_relation"] %}
    {% set kunci = config.get("perubahan").kunci.keys() | list %}
    {% set kolom = adapter.get_columns_in_relation(target) | map(attribute="quoted") | list %}
    {% if config.get("partisi") %} {{ buat_partisi(target, temp, config.get("partisi").kolom) }} {% endif %}
    {% if config.get("kunci_sebagian") %}
        delete from {{ target }} as lama
        using pg_temp.{{ tabel_ubah() }} as ubah
        where {% for nama in kunci %} lama.{{ nama }} = ubah.{{ nama }}{{ " and" if not loop.last }}{% endfor %}
        ;
        insert into {{ target }} ({{ kolom | join(", ") }})
        select {{ kolom | join(", ") }}
        from {{ temp }}
    {% else %}
        analyze {{ temp }};
        merge into {{ target }} as lama
        using
            (
                select {% for nama in kunci %}ubah.{{ nama }} as ubah_{{ nama }}, {% endfor %}baru.*, baru.{{ kunci[0] }} is not null as is_ada
                from pg_temp.{{ tabel_ubah() }} as ubah
                left join
                    {{ temp }} as baru
                    on {% for nama in kunci %} ubah.{{ nama }} = baru.{{ nama }}{{ " and" if not loop.last }}{% endfor %}
            ) as baru
        on {% for nama in kunci %} lama.{{ nama }} = baru.ubah_{{ nama }}{{ " and" if not loop.last }}{% endfor %}
        when matched and not baru.is_ada
        then delete
        when matched
        then
            update
            set {% for nama in kolom %}{{ nama }} = baru.{{ nama }}{{ ", " if not loop.last }}{% endfor %}
        when not matched and baru.is_ada
        then
            insert ({{ kolom | join(", ") }})
            values ({% for nama in kolom %}baru.{{ nama }}{{ ", " if not loop.last }}{% endfor %})
    {% endif %}
{% endmacro %}
