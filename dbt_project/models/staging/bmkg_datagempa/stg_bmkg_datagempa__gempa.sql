{{ bmkg_earthquake_messages(source("bmkg_datagempa", "gempa")) }}
