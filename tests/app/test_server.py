"""The server of the live page: whom it answers, what it tells browsers, what a page is."""

import pytest

pytest.importorskip("dash")

from analysis.app.server import Page, application, is_loopback


@pytest.fixture(scope="module")
def client():
    return application().server.test_client()


def test_the_page_is_served_and_asks_nobody_else_for_anything(client):
    found = client.get("/", base_url="http://localhost:8050")
    assert found.status_code == 200
    policy = found.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "http" not in policy
    assert "unsafe-eval" not in policy and "script-src 'self' 'sha256-" in policy
    body = found.get_data(as_text=True)
    assert 'src="http' not in body and 'href="http' not in body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8050", "10.1.2.3", "localhost.evil.example"])
def test_another_name_for_this_machine_is_refused(client, host):
    assert client.get("/", base_url=f"http://{host}").status_code == 403


def test_a_server_for_others_answers_to_any_name():
    client = application(hosts=("*",)).server.test_client()
    assert client.get("/", base_url="http://town.example").status_code == 200


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_loopback_names(name):
    assert is_loopback(name)


def test_a_large_request_is_refused(client):
    found = client.post("/_dash-update-component", json={"output": "x" * 400_000}, base_url="http://localhost")
    assert found.status_code == 413


def test_a_fault_gives_no_trace(client):
    found = client.post("/_dash-update-component", json={"output": "no.such"}, base_url="http://localhost")
    assert found.status_code >= 400
    assert "Traceback" not in found.get_data(as_text=True) and "/" + "home" not in found.get_data(as_text=True)


def test_every_page_lays_out_and_has_its_own_address():
    from analysis.app.server import PAGES

    assert len({page.path for page in PAGES}) == len(PAGES)
    for page in PAGES:
        assert isinstance(page, Page) and page.content.layout("") is not None


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../server.py",
        "/assets/%2e%2e/server.py",
        "/etc/passwd",
        "/_dash-component-suites/dash/../../../etc/passwd",
    ],
)
def test_no_address_reaches_a_file_that_is_not_served(client, path):
    found = client.get(path, base_url="http://localhost")
    assert "root:" not in found.get_data(as_text=True) and "def serve" not in found.get_data(as_text=True)


class Served:
    """A server that ends as soon as it is asked to serve."""

    server_port = 8050

    def serve_forever(self):
        raise KeyboardInterrupt

    def server_close(self):
        pass


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_it_is_for_this_machine_alone_unless_told_otherwise_and_then_it_warns(host, warned, monkeypatch, capsys):
    import argparse

    import werkzeug.serving

    from analysis.app import compare, server

    listened = []
    monkeypatch.setattr(werkzeug.serving, "make_server", lambda h, p, *_, **__: listened.append(h) or Served())
    monkeypatch.setattr(compare, "engine", lambda: None)
    server.serve(argparse.Namespace(host=host, port=0, workers=1, json=False))
    said = capsys.readouterr().out
    assert listened == [host] and ("Warning" in said) == warned and ("can be reached from other" in said) == warned


def test_a_port_that_is_taken_is_answered_in_a_line(monkeypatch):
    import argparse
    import socket

    from analysis.app import compare, server
    from analysis.talk import CommandError

    monkeypatch.setattr(compare, "engine", lambda: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        asked = argparse.Namespace(host="127.0.0.1", port=taken.getsockname()[1], workers=1, json=False)
        with pytest.raises(CommandError, match="give another --port"):
            server.serve(asked)
