"""Made-up registers, and the steps of a preparation as a project lead takes them."""

import csv
import io
from datetime import date

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

FIELDS = (
    "municipality",
    "registration_number",
    "statistics_code",
    "household_kind",
    "citizen_service_number",
    "birth_date",
    "sex",
    "benefit_start",
    "migration_background",
)


def register_rows(root, households, *, seed=1):
    """Return the heads and rows of a made-up register of Groningen, with made-up names."""
    from opmaat.caseload.layout import load_layout
    from opmaat.core.month import Month
    from opmaat.rehearse.people.chance import Chance
    from opmaat.rehearse.people.people import draw_people
    from opmaat.rehearse.people.register import field_values

    folder = root / "studies/groningen-2017"
    layout = load_layout("register.yaml", folder=folder, month=Month(2017, 9)).layout
    people = draw_people(households, date(2017, 9, 1), Chance(seed))
    values = field_values(people, layout, list(FIELDS), Chance(seed))
    heads = ["statistiekjaar", "statistiekmaand", *(layout.fields[name].column for name in FIELDS)]
    rows = [["2017", "09", *(told(values[name][place]) for name in FIELDS)] for place in range(people.count)]
    named = [[*row, f"Verzonnen Persoon {at}", f"Nergensstraat {at}"] for at, row in enumerate(rows)]
    return [*heads, "naam", "adres"], named


def told(cell):
    if isinstance(cell, np.datetime64):
        return "" if np.isnat(cell) else str(cell).replace("-", "")
    return "" if cell is None else str(cell)


def csv_of(heads, rows):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode()


def load(client, root, *, changed=None, address="/preparation/", study="groningen-2017"):
    """Upload the protocol of a study with what stands beside it; ``changed`` alters its text."""
    folder = root / "studies" / study
    text = (folder / "protocol.yaml").read_text(encoding="utf-8")
    files = {"protocol": SimpleUploadedFile("protocol.yaml", (changed or str)(text).encode())}
    for name, file in (("questionnaire", "questionnaire.yaml"), ("layout", "register.yaml")):
        if (folder / file).exists():
            files[name] = SimpleUploadedFile(file, (folder / file).read_bytes())
    return client.post(address, files)


def read_in(client, content, *, name="register.csv", turn="-", study="groningen-2017", **more):
    """Upload a register."""
    given = {"file": SimpleUploadedFile(name, content), "city": "9999", **more}
    return client.post(f"/preparation/{study}/{turn}/register/", given)


PROMISE = {"source": "Loterij van 5 november 2018", "form": "digits", "digits": "6", "due": "01-02-2019"}


def promise(client, *, turn="-", study="groningen-2017"):
    return client.post(f"/preparation/{study}/{turn}/draw/", PROMISE)


def draw(client, value="061352", *, turn="-", study="groningen-2017"):
    return client.post(f"/preparation/{study}/{turn}/draw/", {"value": value, "witness": "on"})
