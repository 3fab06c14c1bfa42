{{ bmkg_earthquake_messages(source("bmkg_inatews", "gempa"), own_keys=["daftar"]) }}
