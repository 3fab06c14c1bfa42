"""Names of persons in free text, as far as rules can tell them: capitalised words after a form of address or a label, and beside a NIK,
a telephone or an e-mail that was hidden. docs/privacy.md says what no rule finds.

The text is marked step by step with signs that no text holds: first the words that say what follows, then the names. ops.samarkan_nama
takes the same steps with the same patterns, which migrate.py puts into it; a test holds the two together.
"""

from __future__ import annotations

import re
from functools import cache

from command_center.wilayah import area_names

# Characters of no language: one that tells what a word is opens it, and that which lies 16 behind closes it; so it is with a name.
CALL, SON, NEAR, AREA, PLACE, STAYS, NAME = tuple("\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6")
SIGNS, CLOSED = "\ufdd0-\ufdd6\ufde0-\ufde6", "\ufde0-\ufde5"
NUMBERS = {"[NIK/KK dihapus]": "\ufdea", "[telepon dihapus]": "\ufdeb", "[surel dihapus]": "\ufdec"}
MARK = "[nama dihapus]"
Tree = dict[str, "Tree"]

ADDRESS = "bapak|bpk|pak|ibu|buk|bu|mbak|sdr|sdri|saudara|saudari|uda|uni|almarhum|almarhumah|alm|tn|ny|nn"
ASKED = "pelapor|pemohon|pemilik|pasien|korban|pengadu|pengirim|penerima|penanggung jawab|narahubung"  # nama pelapor:, pelapor:
# What stands between a name and a number.
CONTACT = """
nik|kk|ktp|no|nomor|nmr|telp|telepon|telpon|tlp|tel|hp|handphone|wa|whatsapp|ponsel|kontak|hub|hubungi|menghubungi|dihubungi|cp|
contact person|narahubung|email|e-mail|surel|dengan|dgn|milik|dari|di|pada|lewat|melalui|via
"""
SON_OF = "bin|binti|alias"
# Words that begin the name of a place, an office or a business; the capitalised words that follow belong to it.
PLACES = """
jalan|jl|jln|gang|gg|lorong|simpang|jembatan|pasar|taman|lapangan|gedung|stadion|gor|terminal|bandara|pelabuhan|stasiun|halte|koridor|
pantai|pulau|sungai|batang|bukit|gunung|kampung|kp|komplek|kompleks|komp|perumahan|perum|perumnas|blok|rusunawa|rumah sakit|rs|rsud|rsup|rsia|
rsi|puskesmas|pustu|posyandu|klinik|apotek|laboratorium|masjid|mesjid|musala|mushalla|musholla|surau|gereja|vihara|kelenteng|pesantren|
panti|sekolah|tk|paud|sd|sdn|smp|smpn|sma|sman|smk|smkn|mts|mtsn|universitas|univ|institut|politeknik|akademi|kampus|
kantor|dinas|badan|bagian|bidang|seksi|sekretariat|subbag|uptd|upt|satuan|kementerian|lembaga|komisi|yayasan|perusahaan|koperasi|
pt|cv|ud|toko|kedai|warung|rumah makan|rm|restoran|hotel|wisma|penginapan|kafe|spbu|bank|bengkel|pabrik|pos|posko|kota|kabupaten|kab|
provinsi|prov|kecamatan|kec|kelurahan|kel|nagari|jorong|desa|polda|polres|polresta|polsek|kodim|koramil|lantamal|museum|monumen|tugu|
makam|tpu|tpa|tps|call center
"""
# Titles, offices and words of every day: none of them is a person's name.
STAY = """
camat|lurah|wali|walikota|wawako|wako|gubernur|wagub|bupati|wabup|presiden|wapres|wakil|menteri|kepala|kadis|kabid|kabag|kasi|kasubag|kasubbag|kasat|
kapolda|kapolres|kapolresta|kapolsek|dandim|danramil|ketua|sekretaris|sekda|sekdako|bendahara|direktur|manajer|pimpinan|komandan|danton|danru|
staf|staff|pegawai|petugas|operator|admin|piket|asn|pns|tni|polri|polisi|satpam|jaksa|anggota|dewan|dprd|dpr|dpd|dpc|mpr|kpu|bawaslu|ppid|
rt|rw|dokter|dr|bidan|perawat|guru|dosen|kepsek|siswa|mahasiswa|pelajar|sopir|supir|pengemudi|pengendara|penumpang|pedagang|nelayan|petani|
ustad|ustaz|ustadz|ustadzah|buya|pendeta|pastor|tokoh|pengurus|panitia|kader|relawan|warga|masyarakat|rakyat|tetangga|keluarga|pemerintah|
pemko|pemkot|pemprov|pemda|negara|indonesia|republik|bangsa|eropa|soviet|emirat|provinsi|sumatera|sumatra|sumbar|minangkabau|minang|jakarta|bukittinggi|pariaman|solok|pesisir|
pdam|perumda|pln|bpbd|bmkg|bnpb|basarnas|damkar|pemadam|kebakaran|ambulans|ambulance|satpol|pp|dlh|dlhk|pupr|dishub|dinkes|disdik|disdukcapil|dukcapil|
dinsos|diskominfo|bappeda|bpkad|bapenda|bkd|bkpsdm|kominfo|bps|bpjs|kemenkes|kemendagri|kemenag|pmi|bri|bni|btn|bca|bsi|mandiri|nagari|telkom|indihome|telkomsel|
pertamina|pelindo|tvri|rri|uptd|tpu|tpa|tps|call|center|centre|hotline|contact|customer|service|layanan|pelayanan|pengaduan|informasi|info|sekretariat|
darurat|siaga|siap|banjir|genangan|longsor|gempa|tsunami|pohon|tumbang|angin|api|asap|air|hujan|lampu|listrik|pipa|bocor|sampah|selokan|drainase|
got|trotoar|aspal|lubang|rusak|parah|macet|kecelakaan|laka|lalu|lintas|kendaraan|mobil|motor|truk|bus|angkot|ojek|sepeda|rumah|tangga|dapur|pagar|atap|tanah|lahan|
kebun|sawah|ternak|anjing|kucing|ular|tawon|hamil|bersalin|melahirkan|nifas|menyusui|balita|bayi|anak|lansia|remaja|wanita|perempuan|pria|laki|laki-laki|orang|tua|
istri|suami|ayah|kandung|kakak|adik|paman|bibi|kakek|nenek|cucu|korban|luka|meninggal|jiwa|hilang|selamat|sakit|pasien|penderita|pelapor|pengadu|pemohon|penerima|pemilik|
penduduk|penghuni|nama|alamat|umur|usia|tahun|tanggal|jam|pukul|wib|waktu|pagi|siang|sore|malam|besok|kemarin|sekarang|senin|selasa|rabu|kamis|jumat|jum'at|
sabtu|minggu|januari|februari|maret|agustus|september|oktober|november|desember|catatan|keterangan|lokasi|titik|depan|belakang|samping|sebelah|dekat|seberang|
ujung|atas|bawah|dalam|luar|antara|sekitar|sepanjang|arah|menuju|utara|selatan|barat|timur|tengah|tidak|belum|sudah|telah|sedang|akan|masih|harus|perlu|butuh|minta|
mohon|tolong|harap|segera|cepat|lapor|melapor|laporan|melaporkan|dilaporkan|laporkan|lihat|melihat|terlihat|dengar|tahu|terjadi|ada|adanya|adalah|yang|yth|kepada|untuk|
buat|bagi|oleh|pada|ke|dan|atau|tapi|tetapi|karena|sebab|agar|supaya|bila|jika|kalau|ketika|saat|setelah|sebelum|sejak|sampai|hingga|serta|juga|lagi|saja|bisa|dapat|
boleh|jangan|ini|itu|tersebut|sini|sana|situ|kami|kita|saya|aku|anda|dia|mereka|beliau|bapak|ibu|terima|kasih|terimakasih|assalamualaikum|wassalam|selamat|
maaf|hormat|dari|dengan|tanpa|secara|seperti|sangat|lebih|paling|semua|banyak|beberapa|setiap|para|per|sebuah|satu|dua|tiga|empat|lima|pertama|kedua|ditangani|
ditindaklanjuti|diperbaiki|diangkut|dipotong|dibersihkan|evakuasi|penanganan|bantuan|tenda|logistik|sembako|data|simulasi|nomor|kode|unit|jenis|status|tuhan|allah|swt|nabi|
akademik|umum|teknis|perubahan|pusat|daerah|raya|sehat|wajib|hukum|pidana|pajak|izin|usaha|swasta|publik|sosial|pendidikan|kesehatan|perhubungan|pertanian|
kapan|bagaimana|gimana|kenapa|mengapa|apa|apakah|mana|dimana|siapa|berapa|tadi|sekali|datang|pergi|lewat|jatuh|pingsan|muda|kos|kost|penjual|pemulung|asal|bersama|
kalian|dong|nih|pun|lalu|terus|perdagangan|lingkungan|hidup|pekerjaan|penataan|ruang|olahraga|pariwisata|kebudayaan|perikanan|keuangan|aset|organisasi|kependudukan|pencatatan|sipil
"""


def _end(sign: str) -> str:
    return chr(ord(sign) + 16)


def _marked(sign: str) -> str:
    return f"{sign}[^{_end(sign)}]*{_end(sign)}"


NUMBER = "[\ufdea-\ufdec]"
BEFORE, AFTER = rf"(?<![A-Za-z0-9'’.@_{SIGNS}])", "(?![A-Za-z0-9'’])"
FIRST = rf"{BEFORE}(?:[A-Z]\. ?)?[A-Z][A-Za-z'’]+{AFTER}"
NEXT = rf" (?:{_marked(SON)} )?[A-Z](?:[A-Za-z'’]+|\.)?{AFTER}"
RUN = f"{FIRST}(?:{NEXT}){{0,3}}"
TITLE = rf"(?:{CALL}[Hh][Jj]?[.]{_end(CALL)}|{_marked(STAYS)}[.]?)"
OF_PLACE = rf"{_marked(PLACE)}[.]?(?: (?:{TITLE} )?[A-Z][A-Za-z'’-]*[.]?){{1,4}}"  # Jl. H. Agus Salim
TITLES = "drs|dra|drg|dr|prof|ir"  # between a form of address and a name
TITLED = rf"(?:(?:{STAYS}[Dd][Rr]{_end(STAYS)}|[Dd][Rr][SsAaGg]|[Pp][Rr][Oo][Ff]|[Ii][Rr])[.]? ?){{0,3}}"
CALLED = rf"(?:{_marked(CALL)}[ :]{{0,3}})+{TITLED}"
# A word in small letters that may be a name: none that is known, nor one that is formed as verbs are.
SMALL_NAME = rf"{BEFORE}(?!(?:{TITLES}){AFTER}|me[lmnrwy]|ber|ter|di[bcdgjkmpst]|pe[lmnr]|[a-z]+(?:nya|kan|lah|kah){AFTER})[a-z][a-z'’]{{2,}}{AFTER}"
REPORTER = rf"{STAYS}[Pp]elapor{_end(STAYS)} (?=[A-Z][a-z])"
BEHIND = rf"{NUMBER}[)>]?(?:(?: ?[,(:/=\n–—-] ?| {_marked(NEAR)}[ .:]{{1,2}}){{1,2}}| (?=[A-Z][A-Za-z'’]+{NEXT}))"
TO_NUMBER = rf"(?: ?[,;:(</=\n–—-]| ?{_marked(NEAR)})(?:[ .,;:(</=\n–—-]|{_marked(NEAR)}){{0,10}}(?={NUMBER})"


def _any(words: str) -> str:
    """One of the words, the longest that stands there, written as a tree: PostgreSQL looks at each branch anew for each text."""
    tree: Tree = {}
    for word in words.split("|"):
        branch = tree
        for letter in " ".join(word.split()).lower():
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return _branches(tree)


def _branches(tree: Tree) -> str:
    further = [
        re.escape(letter).replace("\\ ", " ") + _branches(branch) for letter, branch in sorted(tree.items()) if letter
    ]
    if len(further) == 1 and "" not in tree:
        return further[0]
    return f"(?:{'|'.join(further)})" + ("?" if "" in tree else "") if further else ""


LABEL = (
    rf"{_any(ADDRESS)}[.]?|(?:kh|hj?|an)[.]|a[.]n[.]?|a/n|atas nama|bernama"
    rf"|nama(?: (?:saya|lengkap|kontak|ibu|ayah|anak|suami|istri|{_any(ASKED)}))?(?: ?[:=]| saya| adalah)|{_any(ASKED)} ?[:=]"
)


# Behind these a name may stand in small letters: behind labels two words, behind forms of address that hardly begin a sentence
# ('pak, air mati') one.
SMALL_LABEL = (
    "a[.]n[.]?|a/n|an[.]|atas nama|bernama|nama(?: (?:saya|lengkap|ibu|ayah|anak|suami|istri))?(?: ?[:=]| saya| adalah)"
)
SMALL_ADDRESS = "(?:bapak|bpk|ibu|sdri|sdr|saudari|tn|ny|nn|almarhumah|almarhum|alm)[.]?"
SMALL = f"{SMALL_LABEL}|{SMALL_ADDRESS}"


def _capitalised(inner: str) -> str:
    """The expression, each word of which may begin with a capital, for a part of one in which case counts."""
    return re.sub(r"\b[a-z]", lambda letter: f"[{letter[0].upper()}{letter[0]}]", inner)


def _behind(inner: str) -> str:
    """What tells a name, some of whose words are marked as such that stay."""
    marked = re.sub(r" (?!\?)", f"{_end(STAYS)}? {STAYS}?", _capitalised(inner))
    marked = marked.replace("(?: ?[:=]", f"{_end(STAYS)}?(?: ?[:=]")
    return rf"{CALL}(?:{marked}){_end(STAYS)}?{_end(CALL)}[ :]{{0,3}}{TITLED}"


def _word(inner: str) -> str:
    return rf"(^|[^A-Za-z0-9.@_{SIGNS}])({inner})(?![A-Za-z])"


@cache
def word_patterns() -> dict[str, str]:
    """What tells words apart, by the sign that opens them, in this order; letters may be large or small."""
    return {
        CALL: _word(LABEL),
        SON: _word(SON_OF),
        NEAR: _word(_any(CONTACT)),
        AREA: _word(_any("|".join(area_names()))),
        PLACE: _word(_any(PLACES)),
        STAYS: _word(_any(STAY)),
    }


# The place whose name stays, or what is before a name, and the name.
BEHIND_RUN = f"({OF_PLACE})|({CALLED}|{REPORTER}|{BEHIND})({RUN})"
BEFORE_RUN = (
    f"({OF_PLACE})|()({FIRST}(?:{NEXT}){{1,3}}(?= {{0,2}}{NUMBER})|{RUN}(?= ?{NUMBER}[)])|{RUN}(?={TO_NUMBER})|(?<=[{CLOSED}] ){FIRST}(?= ?{NUMBER})"
    f"|{FIRST}(?: [A-Z][A-Za-z'’]+{AFTER}){{0,2}} {_marked(SON)} {RUN})"
)
SMALL_RUN = rf"({_behind(SMALL_LABEL)})({SMALL_NAME}(?: {SMALL_NAME})?)|({_behind(SMALL_ADDRESS)})({SMALL_NAME})"
# Whether a text may hold a name that no number tells: first a capital letter in its place, which costs little, then what is before it.
CAPITAL = "(?:[.:=][ :]{0,3}|[A-Za-z][ :]{1,3})[A-Z]"
BEFORE_SMALL = f"(?:^|[^A-Za-z0-9])(?:{_capitalised(SMALL_LABEL)}|{_capitalised(SMALL_ADDRESS)})[ :]{{0,3}}"
SMALL_ENDS = "(?:bu|ak|pk|dr|ri|ra|tn|ny|nn|lm|um|ah|an|[.][Nn]|/[Nn]|ma|ya)[ .:=]{1,3}[a-z]"
# Of 'ibu hamil' there are thousands; what is taken out here are words that stay.
EVERYDAY = "[Ii]bu (?:hamil|bersalin|melahirkan|nifas|menyusui|kota|dan|rumah|bayi|balita)"
OTHER_SMALL = f"{BEFORE_SMALL}[a-z]"
STEMS = f"{ADDRESS}|h.|hj.|kh.|an.|a.n|a/n|atas nama|bernama|nama|{SON_OF}|{ASKED}"
LOOK = rf"(?:^|[^A-Za-z0-9.@_]){_any(STEMS)}"
MARKED_NAME = f"{NAME}[^{_end(NAME)}]+{_end(NAME)}"


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    words = [
        (re.compile(pattern, re.IGNORECASE), rf"\1{sign}\2{_end(sign)}") for sign, pattern in word_patterns().items()
    ]
    names = [(re.compile(pattern), rf"\1\2{NAME}\3{_end(NAME)}") for pattern in (BEHIND_RUN, BEFORE_RUN)]
    small = (re.compile(SMALL_RUN), rf"\1\3{NAME}\2\4{_end(NAME)}")
    return (*words, names[0], small, names[1], (re.compile(MARKED_NAME), MARK), (re.compile(f"[{SIGNS}]"), ""))


LOOKS = re.compile(LOOK, re.IGNORECASE)


def sql_patterns() -> dict[str, str]:
    """The patterns by the names under which functions.sql has a place for them."""
    kinds = ("panggilan", "bin", "dekat", "wilayah", "tempat", "tetap")
    words = dict(zip(kinds, word_patterns().values(), strict=True))
    return words | {
        "huruf": CAPITAL,
        "huruf_kecil": SMALL_ENDS,
        "sehari_hari": EVERYDAY,
        "kecil_lain": OTHER_SMALL,
        "cari": LOOK,
        "di_belakang": BEHIND_RUN,
        "kecil": SMALL_RUN,
        "di_depan": BEFORE_RUN,
        "nama": MARKED_NAME,
    }


def hide_names(text: str) -> str:
    """The text, in which numbers and addresses were hidden before, with a mark in the place of each name."""
    for mark, sign in NUMBERS.items():
        text = text.replace(mark, sign)
    if re.search(NUMBER, text) or (
        (
            re.search(CAPITAL, text)
            or (re.search(SMALL_ENDS, text) and re.search(OTHER_SMALL, re.sub(EVERYDAY, "", text)))
        )
        and LOOKS.search(text)
    ):
        for pattern, shown in _compiled():
            text = pattern.sub(shown, text)
    for mark, sign in NUMBERS.items():
        text = text.replace(sign, mark)
    return text
