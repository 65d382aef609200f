"""A member of staff at a desk: the first sign-in, the second factor, and the auditor's page."""

import re

import pytest

pytestmark = [pytest.mark.needs("chromium", "axe")]


def test_an_auditor_sets_up_a_second_step_before_anything_else_opens(site, phone, violations, one_time_code):
    page, found = phone(scripts=True, width=1100), {}
    email, password = site.sign_ins["auditor"][0]
    found["sign-in"] = violations(page, f"{site.address}/staff/sign-in/")
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(password)
    page.get_by_role("button", name="Verder").click()
    page.goto(f"{site.address}/staff/journal/")
    assert "totp/activate" in page.url, "without a second step nothing else opens"
    found["activate"] = violations(page)
    secret = re.search(r"<code>(\w+)</code>", page.content())[1]
    page.locator("input[name=code]").fill(one_time_code(secret))
    page.get_by_role("button", name="Aanzetten").click()
    found["again"] = violations(page)
    for address in ("staff/", "staff/journal/", "nothing/", "part/"):
        found[address] = violations(page, f"{site.address}/{address}")
    assert {address: problems for address, problems in found.items() if problems} == {}
