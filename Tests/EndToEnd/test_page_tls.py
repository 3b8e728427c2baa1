"""The chat page over TLS, in a real browser."""

from page_support import ChatPage, browser

__all__ = ["browser"]


def test_the_page_is_a_secure_context_and_chats(secure, browser, native, channel):
    listener = native(secure.daemon)
    listener.subscribe(channel)
    page = ChatPage(browser, secure.daemon.https_url, ignore_https_errors=True)
    try:
        page.enter(channel, "Ann")
        assert page.page.evaluate("isSecureContext && location.protocol === 'https:'")
        secure.http().post(f"/channels/{channel}/messages", content="hello over TLS")
        page.wait_for_texts("Ann is here", "hello over TLS")
        assert len(listener.messages(2)) == 2
    finally:
        page.context.close()
    assert not page.violations
