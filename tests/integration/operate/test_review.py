"""What Airflow's page asks about a held batch, and what an answer does there: once, and about nothing but what was shown."""

from __future__ import annotations

import shlex

import pytest
from command_center import cli
from command_center.errors import BatchHeld
from command_center.operate import review
from command_center.operate.review import Answer, Choice

from tests.integration.conftest import Intake
from tests.integration.operate.test_runbook import plant

DECIDED = "select jenis, jabatan, alasan from ops.keputusan order by keputusan_id"


def answer(choice: Choice, alasan: str = "rekap resmi") -> Answer:
    return Answer(choice, "Kepala Bidang", alasan, "sari")


@pytest.fixture
def asked(intake: Intake) -> int:
    """The batch that waits."""
    intake.load("damkar_kejadian")
    plant(intake, 50)
    (batch_id,) = review.open_questions().values()
    return batch_id


def test_the_page_says_what_the_commands_say_and_what_is_left_is_entered(intake: Intake, asked: int) -> None:
    one = review.question(asked)
    assert review.open_questions() == {one.run_id: asked}
    assert one.options == ("Lepas", "Buang", "Biarkan") and one.run_id.startswith("damkar_kejadian.kejadian.")
    for part in (
        "terlalu banyak baris yang salah isi: `damkar_kejadian.kejadian, part 'kejadian': 100 rows arrived",
        "50 of 100 rows break a rule",
        "100 dibaca, 50 di antaranya dikarantina",
        "penanggung jawab data:",
        "Mintalah perbaikan baris yang dikarantina",
        "kolom `Jenis`, 50 baris: `",
        ": `Banjir`",
        "python -m command_center release damkar_kejadian kejadian kejadian",
    ):
        assert part in one.body, one.body
    assert not review.decide(asked, answer("Biarkan", "tunggu kiriman"))
    left = "select rincian ->> 'jenis', rincian ->> 'alasan' from ops.jejak_audit order by nomor desc limit 1"
    assert intake.rows(left) == [("biarkan", "tunggu kiriman")] and intake.rows(DECIDED) == []


def test_an_answer_releases_once_and_is_known_by_its_user(intake: Intake, asked: int) -> None:
    assert review.decide(asked, answer("Lepas"))
    assert review.decide(asked, answer("Lepas")), "the same task again, as after a kill"
    assert intake.rows(DECIDED) == [("lepas", "Kepala Bidang (Airflow: sari)", "rekap resmi")]
    assert intake.rows("select pelaku, rincian ->> 'alasan' from ops.jejak_audit order by nomor desc limit 1") == [
        ("Kepala Bidang (Airflow: sari)", "rekap resmi")
    ]
    assert review.take_in(asked, run_id="uji") is not None
    published = intake.value("select count(*) from raw.damkar_kejadian__kejadian where _batch_id = 3")
    assert published != 0 and review.open_questions() == {}
    review.take_in(asked, run_id="uji")
    assert intake.value("select max(batch_id) from ops.batch") == 3, "nothing is loaded twice"


def test_a_command_is_first_and_the_late_answer_is_told(intake: Intake, asked: int) -> None:
    command = shlex.split("discard damkar_kejadian kejadian kejadian --jabatan Sekretaris --alasan 'salah kirim'")
    assert cli.main(command) == 0
    assert review.open_questions() == {}
    with pytest.raises(BatchHeld, match="waits for no decision any more"):
        review.question(asked)
    with pytest.raises(BatchHeld, match=r"was discarded already by Sekretaris on .* \(salah kirim\); nothing was done"):
        review.decide(asked, answer("Lepas"))
    assert intake.rows(DECIDED) == [("buang", "Sekretaris", "salah kirim")]


def test_what_nobody_looked_at_or_could_read_is_not_decided_about(intake: Intake, asked: int) -> None:
    plant(intake, 60)
    with pytest.raises(BatchHeld, match=r"Another batch of .*, part 'kejadian', came since"):
        review.decide(asked, answer("Lepas"))
    (newer,) = review.open_questions().values()
    assert newer != asked
    assert not review.decide(newer, answer("Buang"))
    assert intake.rows(DECIDED) == [("buang", "Kepala Bidang (Airflow: sari)", "rekap resmi")]
    intake.restore("damkar/kejadian.csv")
    intake.fault("damkar", "html")
    intake.load("damkar_kejadian")
    (unread,) = review.open_questions().values()
    assert review.question(unread).options == ("Buang", "Biarkan")
