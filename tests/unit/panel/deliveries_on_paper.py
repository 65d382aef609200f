"""Writes made-up deliveries of benefits and wages from a few words per row."""

from datetime import date

from opmaat.caseload.pseudonym import KEY_FILE, pseudonyms
from opmaat.core.secrets import private_folder, write_secret
from opmaat.panel.deliveries import FOLDER, Delivery

KEY = bytes(range(32))
NUMBERS = {"ann": "999000001", "bob": "999000002", "cem": "999000003", "dee": "999000004"}
HEADS = {
    "benefits": "statistiekjaar;statistiekmaand;gemeentecode;registratienummer uitkering;statistiekcode;"
    "leefvorm;burgerservicenummer;geboortedatum;geslacht;aanvangsdatum uitkering persoon;"
    "einddatum uitkering persoon;reden beëindiging uitkering persoon;bedrag norm/grondslag;"
    "betaalbaar gesteld",
    "wages": "burgerservicenummer;loonheffingennummer;inkomstenverhouding;aanvang periode;einde periode;"
    "brutoloon;verloonde uren;arbeidscontract;soort inkomsten",
}


def names_of(*people):
    return tuple(pseudonyms(KEY, "person", [NUMBERS[person] for person in people]))


def benefit(
    person, month, *, start="20170101", ends="", reason="", norm="1000", paid="900", code="01", place="0014"
):
    year, number = month.split("-")
    cells = (year, number, place, f"U{person}", code, "1", NUMBERS.get(person, person), "19800101", "1")
    return ";".join((*cells, start, ends, reason, norm, paid))


def wage(person, first, last, euros="100", *, hours="10", job="1", employer="L1", contract="B", kind="1"):
    number = NUMBERS.get(person, person)
    return ";".join((number, employer, f"j{job}", first, last, euros, hours, contract, kind))


def deliver(home, name, kind, month, rows, *, on="2019-12-31"):
    """Write a delivery and return its place in the list."""
    folder = home / FOLDER
    folder.mkdir(exist_ok=True)
    if not (home / "private" / KEY_FILE).exists():
        write_secret(private_folder(home / "private") / KEY_FILE, KEY)
    (folder / f"{name}.csv").write_text("\n".join([HEADS[kind], *rows, ""]), encoding="utf-8")
    day = date.fromisoformat(on)
    return Delivery(name=name, kind=kind, month=month, delivered_on=day, file=f"{name}.csv")
