"""kiamol/ch07-simple-proxy: a forward proxy that logs each request, leads one address to another and answers all others with nothing."""
import http.client
import os
from urllib.parse import urlsplit

from web import Response, serve

port = int(os.environ.get('Proxy__Port', '1080'))
source = os.environ.get('Proxy__Request__UriMap__Source', '')
target = os.environ.get('Proxy__Request__UriMap__Target', '')
reject_unknown = os.environ.get('Proxy__Request__RejectUnknown', 'true').lower() == 'true'


def fetch(method, url):
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port or 80, timeout=5)
    try:
        connection.request(method, address.path or '/', headers={'Connection': 'close'})
        answer = connection.getresponse()
        return Response(answer.read(), answer.status, answer.getheader('Content-Type', 'text/plain'))
    finally:
        connection.close()


def forward(request):
    if source and request.url == source:
        print(f'{request.method} {request.url} -> {target}', flush=True)
        return fetch(request.method, target)
    if reject_unknown:
        print(f'{request.method} {request.url} [BLOCKED]', flush=True)
        return Response('')
    print(f'{request.method} {request.url}', flush=True)
    return fetch(request.method, request.url)


print(f'** Logging proxy listening on port: {port} **', flush=True)
serve({}, port, otherwise=forward)
