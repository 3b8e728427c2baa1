"""The chat page over TLS, in a real browser."""

from playwright.sync_api import expect

from page_support import browser

__all__ = ["browser"]


def test_the_page_is_a_secure_context_and_chats(secure, browser, native, channel):
    listener = native(secure.daemon)
    listener.subscribe(channel)
    context = browser.new_context(ignore_https_errors=True)
    try:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{secure.daemon.https_url}/#{channel}")
        assert page.evaluate("isSecureContext && location.protocol === 'https:'")
        page.get_by_label("Nickname").fill("Ann")
        page.get_by_role("button", name="Start chatting").click()
        secure.http().post(f"/channels/{channel}/messages", content="hello over TLS")
        expect(page.get_by_text("hello over TLS")).to_be_visible()
        assert listener.data(1) == ["hello over TLS"]
        assert not errors
    finally:
        context.close()
