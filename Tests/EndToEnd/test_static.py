"""Files of the public folder: PROTOCOL.md, "Files"."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from support.daemon import PUBLIC
from support.raw_http import RawHTTP, Response
from support.waiting import wait_until

SECRET = "not for the world\n"


@pytest.fixture(scope="module")
def public_folder(tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text(SECRET)
    folder = outside / "public"
    folder.mkdir()
    files = {
        "index.html": "<!doctype html><title>é</title>\n",
        "chat.js": "1;\n",
        "style.css": "a{}\n",
        "icon.svg": "<svg/>\n",
        "data.json": "{}\n",
        "sub/index.html": "sub\n",
        "sub/page.HTML": "page\n",
        "odd name é.txt": "odd\n",
        "unknown.zzz": "?\n",
        "noextension": "?\n",
        "empty.txt": "",
        "big.js": "// long\n" * 10000,
        ".hidden": SECRET,
        ".git/config": SECRET,
        "sub/.env": SECRET,
        "a..b.txt": "dots\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "big.js.gz").write_bytes(gzip.compress((folder / "big.js").read_bytes(), mtime=0))
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "linked").symlink_to(outside)
    (folder / "inner.txt").symlink_to(folder / "chat.js")
    os.mkfifo(folder / "fifo")
    return folder


def get(http: RawHTTP, path: str, *fields: str, method: str = "GET") -> Response:
    http.send("\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *fields, "", ""]))
    return http.response(to=method)


@pytest.mark.parametrize(
    ("path", "name", "media_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        ("/?a=b", "index.html", "text/html; charset=utf-8"),
        ("/chat.js", "chat.js", "text/javascript; charset=utf-8"),
        ("/style.css", "style.css", "text/css; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
        ("/data.json", "data.json", "application/json"),
        ("/sub/", "sub/index.html", "text/html; charset=utf-8"),
        ("/sub/page.HTML", "sub/page.HTML", "text/html; charset=utf-8"),
        ("/odd%20name%20%C3%A9.txt", "odd name é.txt", "text/plain; charset=utf-8"),
        ("/%63hat.js", "chat.js", "text/javascript; charset=utf-8"),
        ("/unknown.zzz", "unknown.zzz", "application/octet-stream"),
        ("/noextension", "noextension", "application/octet-stream"),
        ("/empty.txt", "empty.txt", "text/plain; charset=utf-8"),
        ("/a..b.txt", "a..b.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_served_with_its_type(http, public_folder, path, name, media_type):
    response = get(http, path)
    assert response.status == 200
    assert response.body == (public_folder / name).read_bytes()
    assert response.header("content-type") == media_type
    assert response.header("x-content-type-options") == "nosniff"
    head = get(http, path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.header("content-length") == str(len(response.body))
    assert head.header("etag") == response.header("etag")


def test_pages_may_run_nothing_but_their_own_scripts(http):
    policy = dict(
        part.strip().split(" ", 1) for part in get(http, "/").header("content-security-policy").split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'" and policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'"
    assert not any("unsafe" in sources for sources in policy.values())


def test_what_the_client_has_is_not_sent_again(http):
    first = get(http, "/chat.js")
    tag = first.header("etag")
    assert tag.startswith('"') and tag.endswith('"') and len(tag) > 8
    for condition in tag, f"W/{tag}", f'"other", {tag}', "*", f'"a,b",{tag}':
        response = get(http, "/chat.js", f"If-None-Match: {condition}")
        assert (response.status, response.body) == (304, b""), condition
        assert response.header("etag") == tag
        assert response.header("content-type") is None or response.header("content-length") is None
    assert get(http, "/chat.js", f"If-None-Match: {tag}", method="HEAD").status == 304
    for condition in '"other"', tag.strip('"'), "", tag + "x", f'"{tag}"':
        assert get(http, "/chat.js", f"If-None-Match: {condition}").status == 200, condition
    assert get(http, "/style.css").header("etag") != tag


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/sub/../../secret.txt",
        "/sub/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/sub/..%5c..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "//secret.txt",
        "/./../secret.txt",
        "/....//secret.txt",
        "/..;/secret.txt",
        "/sub/../chat.js",
        "/./chat.js",
        "/sub/./index.html",
        "//chat.js",
        "/sub//index.html",
        "/chat.js/",
        "/chat.js/.",
        "/chat.js%00",
        "/chat.js%00.html",
        "/%00",
        "/secret.txt%00.js",
        "/%c0%ae%c0%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/%ff",
        "/%",
        "/%4",
        "/%zz",
        "/.hidden",
        "/.git/config",
        "/%2egit/config",
        "/sub/.env",
        "/link.txt",
        "/linked/secret.txt",
        "/inner.txt",
        "/linked/",
        "/fifo",
        "/sub",
        "/CHAT.JS",
        "/etc/passwd",
        "/../../../../../../../../etc/passwd",
        "/" + "../" * 60 + "etc/passwd",
        "/nothing.txt",
        "/" + "x" * 5000,
        "/chat.js%20",
        "/chat.js%0a",
        "/chat.js.",
        "/~root",
        "/*",
        "/%2fetc%2fpasswd",
        "/index.html%2f..%2fchat.js",
    ],
)
def test_nothing_else_is_served(http, path):
    for method in "GET", "HEAD":
        response = get(http, path, method=method)
        assert response.status in (400, 404), response
    body = get(http, path).body
    assert SECRET.encode() not in body and b"root:" not in body
    assert get(http, "/chat.js").status == 200, "the connection and the server go on"


def test_paths_that_are_not_encoded_are_refused(http):
    http.send(b"GET /../secret.txt\xff HTTP/1.1\r\nHost: x\r\n\r\n")
    http.response().is_error(400, "bad_request")


@pytest.mark.parametrize(
    "accepted", ["gzip", "br, gzip;q=0.5", "deflate, GZIP", "gzip;q=1.0", "gzip ; q=0.001"]
)
def test_a_compressed_variant_goes_to_who_takes_it(http, public_folder, accepted):
    response = get(http, "/big.js", f"Accept-Encoding: {accepted}")
    assert response.header("content-encoding") == "gzip"
    assert response.header("content-type") == "text/javascript; charset=utf-8"
    assert "accept-encoding" in response.header("vary").lower()
    assert gzip.decompress(response.body) == (public_folder / "big.js").read_bytes()
    plain = get(http, "/big.js")
    assert plain.header("etag") != response.header("etag")
    assert (
        get(
            http, "/big.js", f"Accept-Encoding: {accepted}", f"If-None-Match: {response.header('etag')}"
        ).status
        == 304
    )


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", "gzip;q=0.000", "gzippy", ""])
def test_the_file_itself_goes_to_who_does_not(http, public_folder, accepted):
    response = get(http, "/big.js", f"Accept-Encoding: {accepted}")
    assert response.header("content-encoding") is None
    assert "accept-encoding" in response.header("vary").lower()
    assert response.body == (public_folder / "big.js").read_bytes()
    assert get(http, "/chat.js", "Accept-Encoding: gzip").header("content-encoding") is None


def test_a_changed_new_or_deleted_file_is_noticed(http, public_folder):
    path: Path = public_folder / "changing.txt"
    wait_until(lambda: get(http, "/changing.txt").status == 404, "it is not there yet")
    path.write_text("one\n")
    wait_until(lambda: get(http, "/changing.txt").body == b"one\n", "the new file is served")
    tag = get(http, "/changing.txt").header("etag")
    path.write_text("changed\n")
    wait_until(lambda: get(http, "/changing.txt").body == b"changed\n", "the change is served")
    assert get(http, "/changing.txt", f"If-None-Match: {tag}").status == 200
    path.unlink()
    wait_until(lambda: get(http, "/changing.txt").status == 404, "the file is gone")


def test_the_page_that_comes_with_it_is_served(start_roost, native):
    roost = start_roost(public=PUBLIC)
    with RawHTTP(roost.host, roost.port) as http:
        for file in PUBLIC.rglob("*"):
            if file.is_file():
                response = get(http, f"/{file.relative_to(PUBLIC)}")
                assert response.body == file.read_bytes()
                assert response.header("content-type") != "application/octet-stream", file
        page = get(http, "/")
        assert page.status == 200 and b"<html" in page.body
        assert b"<script>" not in page.body and b"style=" not in page.body and b"onclick" not in page.body


def test_curl_fetches_a_large_file_whole(shared_roost, public_folder):
    big = b"0123456789abcdef" * 200_000
    (public_folder / "large.txt").write_bytes(big)
    url = f"{shared_roost.url}/large.txt"
    wait_until(
        lambda: subprocess.run(["curl", "-s", "--noproxy", "*", url], capture_output=True).stdout == big,
        "3 MB arrive",
    )


def test_without_a_public_folder_there_are_no_files(start_roost):
    roost = start_roost(public=None)
    with RawHTTP(roost.host, roost.port) as http:
        get(http, "/").is_error(404, "not_found")
