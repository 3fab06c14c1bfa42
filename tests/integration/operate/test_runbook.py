"""The commands of docs/runbook.md, as they stand there, on a batch that is held."""

from __future__ import annotations

import re
import shlex

import pytest
from command_center import cli
from command_center.paths import ROOT

from tests.integration.conftest import Intake

PAGE = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
DAMKAR = "damkar/kejadian.csv"


def commands(heading: str) -> list[str]:
    """The lines of the blocks below a heading, or above the first one."""
    sections = re.split(r"^#+ (.*)\n", PAGE, flags=re.MULTILINE)
    section = sections[sections.index(heading) + 1]
    return [line for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]


def run(line: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    program, option, module, *words = shlex.split(line)
    assert (program, option, module) == ("python", "-m", "command_center")
    assert cli.main(words) == code, line
    return capsys.readouterr().out


def plant(intake: Intake, bad: int) -> None:
    """Serve a file many of whose rows break a rule, as an agency sends it that has renamed what it registers."""
    intake.restore(DAMKAR)
    header, *records = intake.get(DAMKAR).decode("utf-8-sig").splitlines()
    wrong = [f"{number};Banjir;{rest}" for number, _, rest in (record.split(";", 2) for record in records[:bad])]
    right = [record.replace(";Kebakaran;", ";Penyelamatan;") for record in records[bad:100]]
    intake.serve(DAMKAR, "\n".join([header, *wrong, *right, ""]).encode())
    assert [outcome.status for outcome in intake.load("damkar_kejadian")] == ["held"]


def test_whoever_has_only_the_runbook_releases_throws_away_and_replays(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    intake.load("damkar_kejadian")
    plant(intake, 50)
    look, release = commands("Runbook"), commands("A held batch is right as it is: release it")
    assert 3 <= len(look) + len(release) <= 5
    told = [run(line, capsys) for line in [*look, *release]]
    assert "damkar_kejadian.kejadian, part 'kejadian': held, batch 2" in told[0] and "rows break a rule" in told[0]
    assert told[0].count("python -m command_center release damkar_kejadian kejadian kejadian") == 1
    assert all("column 'Jenis': 50 rows in 1 part" in one for one in (told[1], told[3]))
    assert "rows newly published, 50 still set aside" in told[4]
    assert intake.value("select status from ops.batch order by batch_id desc limit 1") == "published"
    assert intake.value("select count(*) from raw.damkar_kejadian__kejadian where _batch_id = 3") != 0

    plant(intake, 60)
    (throw_away,) = commands("A held batch is wrong: throw it away")
    run(throw_away, capsys)
    assert run(look[0], capsys) == "1 discarded; --all lists them.\n"
    assert intake.value("select count(*) from ops.keputusan") == 2
    mend = commands("A declaration, a rule or a spelling was wrong: mend it and replay")
    told = [run(line, capsys) for line in mend]
    assert "0 rows newly published, 50 still set aside (50 before)" in told[-1]


def test_a_replay_of_days_without_answers_says_which_days_to_give(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    """A source that tells only what it has now cannot be asked without replay, so that is no advice."""
    intake.load("damkar_kejadian")
    line = "backfill damkar_kejadian {0} {0} --replay"
    assert cli.main(line.format("2026-11-20").split()) == 7
    assert capsys.readouterr().err.endswith("; give the days on which its answers came.\n")
    assert cli.main(line.format("2026-11-23").split()) == 0


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("held damkar_kejadia", "There is no source 'damkar_kejadia'; did you mean 'damkar_kejadian'?"),
        ("quarantine damkar_kejadia", "There is no source 'damkar_kejadia'"),
        ("quarantine damkar_kejadian kejadia", "damkar_kejadian.yml has no table 'kejadia'; there are: kejadian."),
        ("quarantine damkar_kejadian kejadia --csv FILE", "damkar_kejadian.yml has no table 'kejadia'"),
        ("rejections damka --file FILE", "There is no agency 'damka'; there are: adpem, "),
    ],
)
def test_a_name_that_nobody_has_is_not_told_to_be_in_order(
    intake: Intake, capsys: pytest.CaptureFixture[str], line: str, sentence: str
) -> None:
    file = intake.folder / "sheet"
    assert cli.main(line.replace("FILE", str(file)).split()) == 2
    assert sentence in capsys.readouterr().err
    assert not file.exists()
