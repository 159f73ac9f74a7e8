"""A small web server for the stand-in applications: a function for each method and path, and a quick end on TERM."""
import html
import os
import signal
import socketserver
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit


class Request:
    def __init__(self, method, url, form, headers):
        address = urlsplit(url)
        self.method, self.url, self.form, self.headers = method, url, form, headers
        self.path, self.query = address.path, dict(parse_qsl(address.query))


class Response:
    def __init__(self, body, status=200, content_type='text/html; charset=utf-8', headers=()):
        self.body = body if isinstance(body, bytes) else body.encode()
        self.status, self.content_type, self.headers = status, content_type, headers


def page(title, body, style=''):
    head = f'<head>\n<title>{html.escape(title)}</title>\n<style>{style}</style>\n</head>'
    return Response(f'<!DOCTYPE html>\n<html>\n{head}\n<body>\n{body}\n</body>\n</html>\n')


def redirect(location):
    return Response('', 302, headers=[('Location', location)])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def serve(routes, port=80, otherwise=lambda _: Response('', 404)):
    """Serves until TERM or INT. `routes` maps 'GET /path' to a function from Request to Response; all else goes to `otherwise`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def answer(self):
            length = int(self.headers.get('content-length') or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            request = Request(self.command, self.path, form, self.headers)
            try:
                response = routes.get(f'{self.command} {request.path}', otherwise)(request)
            except Exception as error:  # the page says what happened, as the server would
                print(f'fail: {self.command} {request.path}: {error!r}', flush=True)
                response = Response('An error occurred', 500)
            self.send_response(response.status)
            for name, value in [('Content-Type', response.content_type), ('Content-Length', str(len(response.body))), *response.headers]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    end_on_signals()
    with Server(('', port), Handler) as server:
        server.serve_forever()


def end_on_signals():
    """Process 1 ignores a signal that it has not asked for."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: os._exit(0))
