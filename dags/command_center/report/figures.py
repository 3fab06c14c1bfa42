"""One indicator of one area and period with all that is compared to it: every number of it is a stored column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from command_center.report import wording
from command_center.report.document import Fact, Status
from command_center.report.wording import ABSENT, Direction
from command_center.settings import CITY_CODE

KELURAHAN = 13  # characters of a code


@dataclass(frozen=True)
class Figure:
    indikator_kode: str
    indikator_nama: str
    domain: str
    urutan: int
    satuan: str
    arah: str
    desimal: int
    wilayah_kode: str
    wilayah_nama: str
    bulan: date
    periode_mulai: date | None
    periode_selesai: date | None
    periode_label: str | None
    nilai: Decimal | None
    nilai_teks: str
    status: Status
    target: Decimal | None
    nilai_sebelumnya: Decimal | None
    perubahan: Decimal | None
    sebelum_label: str | None
    nilai_tahun_lalu: Decimal | None
    perubahan_tahunan: Decimal | None
    rerata: Decimal | None
    nilai_kota: Decimal | None
    peringkat: int | None
    jumlah_wilayah: int | None
    berjalan_teks: str | None
    pembilang: Decimal | None
    penyebut: Decimal | None
    is_sementara: bool
    sementara_karena: str | None
    mutu: str | None
    source: str
    sumber: str
    data_per: datetime | None
    label_data: str | None

    @property
    def direction(self) -> Direction:
        return wording.direction(self.perubahan, self.arah, self.desimal)

    @property
    def is_of_month(self) -> bool:
        """Whether its period ended in the month: an older one changed before."""
        end = self.periode_selesai
        return end is not None and (end.year, end.month) == (self.bulan.year, self.bulan.month)

    @property
    def is_problem(self) -> bool:
        return wording.SEVERITY[self.status] >= wording.PROBLEM

    @property
    def is_hidden(self) -> bool:
        return self.nilai is None and self.nilai_teks.startswith("<")

    @property
    def text(self) -> str:
        return self.nilai_teks if self.is_hidden else wording.amount(self.nilai, self.satuan, self.desimal)

    @property
    def status_text(self) -> str:
        return "Disembunyikan" if self.is_hidden else wording.STATUS_WORDS[self.status]

    @property
    def name(self) -> str:
        """With a word that it is provisional, where there is a value."""
        return f"{self.indikator_nama}{' (sementara)' if self.is_sementara and self.nilai is not None else ''}"

    @property
    def own_period(self) -> str:
        """Empty where it is the month itself, or there is none."""
        return self.periode_label if self.periode_label and self.has_own_period else ""

    @property
    def message(self) -> str:
        """What a chart of it says."""
        return self.sentence.removesuffix(".")

    @property
    def has_own_period(self) -> bool:
        return self.periode_mulai != self.bulan or not self.is_of_month

    def beside(self) -> tuple[str, str]:
        """The mean of its like, and the city's value; of a kelurahan both are means, and the city has none beside it."""
        means = wording.mean(self.rerata, self.satuan, self.desimal)
        if self.wilayah_kode == CITY_CODE:
            return means, ABSENT
        if len(self.wilayah_kode) == KELURAHAN:
            return means, wording.mean(self.nilai_kota, self.satuan, self.desimal)
        return means, self.bare(self.nilai_kota)

    def bare(self, value: Decimal | None) -> str:
        return wording.bare(value, self.satuan, self.desimal)

    @property
    def limit(self) -> str:
        return wording.limit(self.target, self.satuan, self.desimal, self.arah)

    @property
    def limit_cell(self) -> str:
        return wording.limit_cell(self.target, self.satuan, self.desimal, self.arah)

    @property
    def change_cell(self) -> str:
        return wording.change_cell(self.perubahan, self.satuan, self.desimal, self.arah)

    @property
    def rank(self) -> str:
        return ABSENT if self.peringkat is None else f"{self.peringkat} dari {self.jumlah_wilayah}"

    @property
    def provisional(self) -> str:
        """` (sementara: 33 dari 34 pos)`, or nothing."""
        if not self.is_sementara:
            return ""
        return f" (sementara: {self.sementara_karena})" if self.sementara_karena else " (sementara)"

    @property
    def sentence(self) -> str:
        """`Tanggap dalam 15 menit turun 6,2 poin dari September 2026 menjadi 68,9 %, di bawah target 75 % (memburuk).`"""
        if self.nilai is None:
            return f"{self.indikator_nama} tidak tersedia."
        target = wording.target_words(self.nilai, self.target, self.satuan, self.desimal, self.arah)
        return f"{self.indikator_nama} {self._change_words}{self.text}{target}{self._verdict}{self.provisional}."

    @property
    def _change_words(self) -> str:
        period = f"pada {self.own_period} " if self.own_period else ""
        if self.perubahan is None or self.sebelum_label is None:
            return f"{period}adalah "
        if self.direction == "tetap":
            return f"tetap dibandingkan {self.sebelum_label}, yaitu "
        size = wording.difference(self.perubahan, self.satuan, self.desimal)
        return f"{wording.moved(self.perubahan)} {size} dari {self.sebelum_label} menjadi "

    @property
    def _verdict(self) -> str:
        return f" ({self.direction})" if self.direction in ("membaik", "memburuk") else ""

    @property
    def problem_sentence(self) -> str:
        """`SPM ibu hamil di Kecamatan Kuranji: 75,6 %, target ≥ 83,3 %.`, as the list of attention says it."""
        target = "tanpa target" if self.target is None else f"target {self.limit}"
        return f"{self.indikator_nama}: {self.text}, {target}{self.provisional}."

    @property
    def fact(self) -> Fact:
        return Fact(
            indikator_kode=self.indikator_kode,
            indikator_nama=self.indikator_nama,
            wilayah_kode=self.wilayah_kode,
            wilayah_nama=self.wilayah_nama,
            periode_mulai=self.periode_mulai or self.bulan,
            periode_selesai=self.periode_selesai or wording.last_of_month(self.periode_mulai or self.bulan),
            periode_label=self.periode_label or ABSENT,
            nilai=self.nilai,
            teks=self.text,
            satuan=self.satuan,
            status=self.status,
            is_sementara=self.is_sementara,
            source=self.source,
            data_per=wording.moment(self.data_per),
            label_data=self.label_data,
        )


def by_code(figures: Iterable[Figure]) -> dict[str, Figure]:
    return {figure.indikator_kode: figure for figure in figures}
