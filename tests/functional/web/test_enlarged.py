"""Every page of a participant, from the table of addresses: enlarged, spaced, and with its focus seen."""

import pytest

pytestmark = [pytest.mark.needs("chromium")]

NO_PAGE = {"sign_out", "account_logout", "set_language"}
SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from opmaat.web.accounts.models import Account
from opmaat.web.accounts.permissions import Role
from opmaat.web.demonstration.people import Filling
from opmaat.web.journal.models import Municipality
from opmaat.web.people.codes import digest_of_code
from opmaat.web.trial.models import Study
municipality = Municipality.objects.get()
filling = Filling(Study.objects.of(municipality).get(), first=9000)
code = filling.enter("arm 'choice', a couple")[0].secret
accounts = {Role.PARTICIPANT: Account.objects.get(letter_code=digest_of_code(code))}
for role, account in accounts.items():
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[role != Role.PARTICIPANT]
    session.save()
    print(role, session.session_key)
"""


@pytest.fixture(scope="module")
def sessions(site, load_helper):
    """Return the key of a session for every role."""
    return dict(line.split() for line in load_helper("served").ask(site.home, SIGN_IN).splitlines())


@pytest.fixture(scope="module")
def pages(load_helper):
    """Return every address with the first role that may open it."""
    from django.urls import get_resolver

    from opmaat.web.accounts.permissions import Role

    expected = load_helper("web/test_permissions").expected
    addresses = load_helper("web/conftest").all_addresses(get_resolver().url_patterns)
    found = []
    for address, name, view in addresses:
        role = next((role for role in Role if expected(role, name, view, "GET")), None)
        if role is not None and name not in NO_PAGE:
            found.append((role, address))
    return found


# What WCAG 2.2 asks of text that a reader spaces (1.4.12); 320 pixels are 1280 enlarged four times (1.4.10).
SPACED = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
BESIDE = "document.documentElement.scrollWidth > window.innerWidth"
# Whatever can have the focus shows it: by an outline, a shadow, or another border or ground than without.
UNSEEN = """() => {
    const look = (one) => { const s = getComputedStyle(one);
        return [s.outlineStyle + s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join() };
    const all = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    return [...document.querySelectorAll(all)]
        .filter((one) => one.offsetParent !== null)
        .filter((one) => { one.blur(); const before = look(one); one.focus({focusVisible: true});
            return look(one) === before })
        .map((one) => one.outerHTML.slice(0, 100)) }"""


def test_a_participants_pages_can_be_enlarged_four_times_and_show_their_focus(
    site, sessions, pages, chromium
):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    context.add_cookies([{"name": "sessionid", "value": sessions["participant"], "url": site.address}])
    page, wrong = context.new_page(), {}
    for address in [one for role, one in pages if role == "participant" and not one.endswith("download/")]:
        page.goto(f"{site.address}{address}")
        page.add_style_tag(content=SPACED)
        found = [BESIDE] if page.evaluate(BESIDE) else []
        found += page.evaluate(UNSEEN)
        if found:
            wrong[address] = found
    context.close()
    assert wrong == {}
