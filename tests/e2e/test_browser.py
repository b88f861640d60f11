"""The browser of the suite works, and pages reach it over http as on one's own machine."""


def test_unknown_address_is_a_page_of_our_own(page, base_url):
    answer = page.goto(f"{base_url}/no-such-page/")
    assert answer.status == 404
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
