"""kiamol/ch03-numbers-web: a page with a button that asks the numbers API for a number."""
import html
import http.client
import os
from urllib.parse import urljoin, urlsplit

from web import page, serve

api_url = os.environ.get('RngApi__Url', 'http://numbers-api/sixeyed/kiamol/master/ch03/numbers/rng')
retry_host = os.environ.get('RngApi__RetryHost', 'raw.githubusercontent.com')
proxy = os.environ.get('http_proxy', '')
style = os.environ.get('Style', '')
form = '<h1>KIAMOL Random Number Generator</h1>\n<form method="post"><button type="submit">Go!</button></form>'


def ask(url, host=None, redirects=5):
    """Status and text of a GET; `host` replaces the Host header. Only plain HTTP is followed."""
    address = urlsplit(url)
    through = urlsplit(proxy) if proxy else address
    connection = http.client.HTTPConnection(through.hostname, through.port or 80, timeout=5)
    try:
        connection.request('GET', url if proxy else address.path or '/', headers={'Host': host or address.netloc, 'Connection': 'close'})
        answer = connection.getresponse()
        text = answer.read().decode()
        location = answer.getheader('Location')
    finally:
        connection.close()
    if answer.status in (301, 302, 307, 308) and location and redirects > 0:
        return ask(urljoin(url, location), redirects=redirects - 1)
    return answer.status, text


def number():
    status, text = ask(api_url)
    if status == 404:
        status, text = ask(api_url, retry_host)
    if status != 200:
        raise ConnectionError(f'the API answered {status}')
    return int(text)


def go(_):
    try:
        result = f'<p>Here it is: <b id="number">{number()}</b></p>\n<p>(Using API at: {html.escape(api_url)})</p>'
    except (OSError, ValueError, http.client.HTTPException) as error:
        print(f'fail: {api_url}: {error!r}', flush=True)
        result = '<p>RNG service unavailable!</p>\n<p>(Using API at: ' + html.escape(api_url) + ')</p>'
    return page('Numbers', f'{form}\n{result}', style)


serve({'GET /': lambda _: page('Numbers', form, style), 'POST /': go})
