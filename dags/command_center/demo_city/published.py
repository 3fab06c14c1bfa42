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
