"""Figures that were really published, each with where it was published; everything else in this folder is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from command_center.settings import WIB


@dataclass(frozen=True)
class Region:
    """A region's published count of the election of governor."""

    nama: str
    kpu_id: int
    votes: tuple[int, ...]
    tps: int
    reported: int


@dataclass(frozen=True)
class Pair:
    """A candidate pair as the election system shows it."""

    nama: str
    nomor_urut: int
    warna: str


# Governor (pkwkp): candidate pairs of Sumatera Barat, KPU Sirekap, pair file of 2024-11-21 21:55:15.
PAIRS_TS = "2024-11-21 21:55:15"
GOVERNOR_PAIRS = {
    "1000005": Pair("H. MAHYELDI, S.P - VASKO RUSEIMY, S.T", 1, "#B67352"),
    "1000006": Pair("Capt. H. EPYARDI ASDA, M.Mar - H. EKOS ALBAR, S.E., M.M", 2, "#8CB9BD"),
}

# Governor per kabupaten/kota: KPU Sirekap, web count as shown on 2024-11-28 10:15:04, with KPU's own region numbers.
PROVINCE_AT = datetime(2024, 11, 28, 10, 15, 4, tzinfo=WIB)
GOVERNOR_PROVINCE = {
    "1301": Region("PESISIR SELATAN", 113400, (150540, 68604), 1042, 1041),
    "1302": Region("SOLOK", 191181, (122450, 41982), 909, 909),
    "1303": Region("SIJUNJUNG", 191182, (74932, 29219), 445, 441),
    "1304": Region("TANAH DATAR", 191183, (122232, 39609), 845, 845),
    "1305": Region("PADANG PARIAMAN", 191184, (114924, 41046), 845, 845),
    "1306": Region("AGAM", 191185, (153649, 32059), 1211, 1210),
    "1307": Region("LIMA PULUH KOTA", 191186, (118329, 34408), 637, 637),
    "1308": Region("PASAMAN", 191187, (104244, 37229), 605, 604),
    "1309": Region("KEPULAUAN MENTAWAI", 191188, (26052, 12385), 261, 229),
    "1310": Region("DHARMASRAYA", 191189, (67216, 24822), 416, 410),
    "1311": Region("SOLOK SELATAN", 191190, (63300, 18657), 356, 356),
    "1312": Region("PASAMAN BARAT", 191191, (135037, 44587), 893, 889),
    "1371": Region("KOTA PADANG", 191192, (265841, 51430), 1487, 1482),
    "1372": Region("KOTA SOLOK", 191193, (30477, 6796), 118, 117),
    "1373": Region("KOTA SAWAHLUNTO", 191194, (32783, 5784), 111, 111),
    "1374": Region("KOTA PADANG PANJANG", 191195, (24556, 4520), 96, 96),
    "1375": Region("KOTA BUKITTINGGI", 191196, (54074, 6370), 206, 206),
    "1376": Region("KOTA PAYAKUMBUH", 191197, (49130, 11124), 200, 200),
    "1377": Region("KOTA PARIAMAN", 191198, (41107, 7845), 163, 163),
}

# Governor per kecamatan of Kota Padang: KPU Sirekap, last published web count, 2024-11-28 07:15 (1482 of 1487 TPS).
# The region numbers of the kecamatan are not known and are ASSUMED; region files that show them are marked simulated.
CITY_AT = datetime(2024, 11, 28, 7, 15, tzinfo=WIB)
GOVERNOR_CITY = {
    "137101": Region("PADANG SELATAN", 192001, (16432, 3716), 100, 97),
    "137102": Region("PADANG TIMUR", 192002, (22945, 4153), 122, 122),
    "137103": Region("PADANG BARAT", 192003, (11667, 2840), 76, 76),
    "137104": Region("PADANG UTARA", 192004, (16207, 3118), 92, 92),
    "137105": Region("BUNGUS TELUK KABUNG", 192005, (7189, 2755), 47, 47),
    "137106": Region("LUBUK BEGALUNG", 192006, (36579, 6699), 184, 184),
    "137107": Region("LUBUK KILANGAN", 192007, (16441, 2327), 84, 84),
    "137108": Region("PAUH", 192008, (19028, 2789), 103, 103),
    "137109": Region("KURANJI", 192009, (44794, 7618), 253, 251),
    "137110": Region("NANGGALO", 192010, (18145, 3372), 98, 98),
    "137111": Region("KOTO TANGAH", 192011, (56414, 12043), 328, 328),
}

# Mayor (pkwkk): the official result of 6 December 2024, 1487 TPS, as the press printed it; 320.192 valid votes.
# Sirekap's number of pair 1 is known, the two others are ASSUMED to follow it, and so are the colours.
# The hour of the announcement is not published: the figures count from the start of that day.
MAYOR_AT = datetime(2024, 12, 6, tzinfo=WIB)
MAYOR_TPS = 1487
MAYOR_PAIRS = {
    "1000308": Pair("FADLY AMRAN - MAIGUS NASIR", 1, "#3D7EA6"),
    "1000309": Pair("M. IQBAL - AMASRUL", 2, "#C7A252"),
    "1000310": Pair("HENDRI SEPTA - HIDAYAT", 3, "#6D9886"),
}
MAYOR_VOTES = {"1000308": 176648, "1000309": 54685, "1000310": 88859}

# Fires of 2024: January to October as the fire service published them (215), and 245 in the year.
# November and December were published only as the difference, 30; their split is ASSUMED.
FIRES_2024 = (15, 26, 17, 16, 19, 15, 36, 21, 20, 30, 16, 14)
RESCUES_2024 = 1124  # same publication: 245 fires + 1.124 rescues = 1.369 incidents

# Voters per kecamatan, KPU Kota Padang, list of the 2020 election of governor: stands for the weight of a kecamatan.
VOTERS_2020 = {
    "13.71.01": 42967,
    "13.71.02": 54301,
    "13.71.03": 31127,
    "13.71.04": 40311,
    "13.71.05": 18595,
    "13.71.06": 81192,
    "13.71.07": 38092,
    "13.71.08": 41532,
    "13.71.09": 98318,
    "13.71.10": 40964,
    "13.71.11": 126114,
}

# Voters (DPT) of Kota Padang, mayor 2018: decree of 19 April 2018, 1.600 polling stations; KPU Kota Padang in the press.
# Women and men were published for the city only, voters for each kecamatan too; the kecamatan sum to the city.
VOTERS_2018_MEN, VOTERS_2018_WOMEN, TPS_2018 = 261797, 273468, 1600
VOTERS_2018 = {
    "13.71.01": 36696,
    "13.71.02": 48461,
    "13.71.03": 27139,
    "13.71.04": 33480,
    "13.71.05": 16993,
    "13.71.06": 71339,
    "13.71.07": 32896,
    "13.71.08": 37037,
    "13.71.09": 85066,
    "13.71.10": 33495,
    "13.71.11": 112663,
}
# Polling stations per kecamatan of the list of 2020, same publication as VOTERS_2020.
TPS_2020 = {
    "13.71.01": 133,
    "13.71.02": 173,
    "13.71.03": 101,
    "13.71.04": 113,
    "13.71.05": 59,
    "13.71.06": 254,
    "13.71.07": 119,
    "13.71.08": 129,
    "13.71.09": 310,
    "13.71.10": 127,
    "13.71.11": 425,
}
# Voters of Kota Padang, elections of 2024, and who came to elect the mayor: press of 6 December 2024 on KPU's session.
VOTERS_2024, VOTERS_CAME_2024 = 665126, 326632


@dataclass(frozen=True)
class Result:
    """Votes per pair by its number, as one publication has them; `sah` and `tidak_sah` as written there."""

    pairs: tuple[str, ...]
    votes: tuple[int, ...]
    sah: int
    tidak_sah: int | None


# Mayor 2018: the session of KPU Kota Padang on 4 July 2018 (Antara Sumbar, Kumparan), and KPU's own preliminary count of
# 29 June, whose printed total of valid votes is 35 above the sum of its pairs.
PAIRS_2018 = ("Emzalmi - Desri Ayunda", "Mahyeldi - Hendri Septa")
MAYOR_2018 = Result(PAIRS_2018, (125238, 212526), 337764, 3517)
MAYOR_2018_PRELIMINARY = Result(PAIRS_2018, (125211, 212299), 337545, None)
# Mayor 2024: as MAYOR_VOTES above. Governor 2024 in Kota Padang: the same session; its invalid votes were not printed.
MAYOR_2024 = Result(
    ("Fadly Amran - Maigus Nasir", "M. Iqbal - Amasrul", "Hendri Septa - Hidayat"), (176648, 54685, 88859), 320192, 6440
)
GOVERNOR_2024 = Result(("Mahyeldi - Vasko Ruseimy", "Epyardi Asda - Ekos Albar"), (266781, 51599), 318380, None)

# Stages: (code, first day, last day, name, note). Mayor 2018 by PKPU 1/2017 and news of KPU Kota Padang.
# Codes are this project's own. Where a news item is the only source of a day, the note says so.
STAGES_2018 = (
    (
        "sosialisasi",
        "2017-06-14",
        "2018-06-23",
        "Sosialisasi kepada masyarakat",
        "Ada berita yang menulis sampai 26-06-2018",
    ),
    ("badan_adhoc", "2017-10-12", "2018-06-03", "Pembentukan PPK, PPS, dan KPPS", ""),
    ("dp4", "2017-11-24", "2017-12-30", "Pengolahan DP4", ""),
    ("perseorangan", "2017-11-25", "2017-11-29", "Penyerahan dukungan calon perseorangan", ""),
    ("data_pemilih", "2017-12-30", "2018-06-27", "Pemutakhiran data dan daftar pemilih", ""),
    ("pendaftaran", "2018-01-08", "2018-01-10", "Pendaftaran pasangan calon", ""),
    ("penetapan_paslon", "2018-02-12", "2018-02-12", "Penetapan pasangan calon", ""),
    ("nomor_urut", "2018-02-13", "2018-02-13", "Pengundian nomor urut", ""),
    ("kampanye", "2018-02-15", "2018-06-23", "Masa kampanye", ""),
    ("dps", "2018-03-17", "2018-03-17", "Penetapan DPS Kota Padang", "536.045 pemilih; tanggal berita"),
    ("logistik", "2018-03-17", "2018-06-26", "Pengadaan dan distribusi logistik", ""),
    ("dpt", "2018-04-19", "2018-04-19", "Penetapan DPT Kota Padang", "535.265 pemilih"),
    ("masa_tenang", "2018-06-24", "2018-06-26", "Masa tenang", ""),
    ("pemungutan", "2018-06-27", "2018-06-27", "Pemungutan dan penghitungan suara di TPS", ""),
    ("rekapitulasi", "2018-06-27", "2018-07-09", "Rekapitulasi berjenjang hasil penghitungan suara", ""),
    ("pleno_kota", "2018-07-04", "2018-07-04", "Pleno rekapitulasi KPU Kota Padang", ""),
    ("penetapan_terpilih", "2018-07-25", "2018-07-25", "Penetapan pasangan calon terpilih", ""),
)
# Governor and mayor 2024 by PKPU 2/2024 and news of KPU Kota Padang.
STAGES_2024 = (
    ("dp4", "2024-04-24", "2024-05-31", "Penerimaan daftar penduduk potensial pemilih", ""),
    ("badan_adhoc", "2024-04-17", "2024-11-05", "Pembentukan PPK, PPS, dan KPPS", ""),
    ("perseorangan", "2024-05-05", "2024-08-19", "Pemenuhan syarat calon perseorangan", ""),
    ("data_pemilih", "2024-05-31", "2024-09-23", "Pemutakhiran dan penyusunan daftar pemilih", ""),
    ("pengumuman", "2024-08-24", "2024-08-26", "Pengumuman pendaftaran pasangan calon", ""),
    ("pendaftaran", "2024-08-27", "2024-08-29", "Pendaftaran pasangan calon", ""),
    ("penelitian", "2024-08-27", "2024-09-21", "Penelitian syarat calon", ""),
    ("penetapan_paslon", "2024-09-22", "2024-09-22", "Penetapan pasangan calon", ""),
    ("kampanye", "2024-09-25", "2024-11-23", "Masa kampanye", ""),
    ("masa_tenang", "2024-11-24", "2024-11-26", "Masa tenang", "Satu surat kabar menulis 23 sampai 26-11-2024"),
    ("pemungutan", "2024-11-27", "2024-11-27", "Pemungutan suara", ""),
    ("rekapitulasi", "2024-11-27", "2024-12-16", "Penghitungan dan rekapitulasi hasil penghitungan suara", ""),
    ("pleno_kota", "2024-12-05", "2024-12-06", "Pleno rekapitulasi KPU Kota Padang", "Tanggal berita"),
)
