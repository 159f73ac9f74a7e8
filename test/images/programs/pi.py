"""kiamol/ch05-pi: pi to as many places as asked for, on the console (-m console -dp N) or as a page (-m web)."""
import socket
import sys
import time

from web import page, serve

sys.set_int_max_str_digits(0)


def arctan_inverse(x, unity):
    """unity * arctan(1/x) by its series, in whole numbers."""
    term = total = unity // x
    divisor, square, sign = 3, x * x, -1
    while term:
        term //= square
        total += sign * (term // divisor)
        divisor, sign = divisor + 2, -sign
    return total


def pi(places):
    """Machin's formula, with ten places to spare."""
    unity = 10 ** (places + 10)
    digits = str(4 * (4 * arctan_inverse(5, unity) - arctan_inverse(239, unity)) // 10 ** 10)
    return f'{digits[0]}.{digits[1:]}' if places > 0 else digits[0]


def answer(request):
    places = int(request.query.get('dp', '6'))
    start = time.monotonic()
    digits = pi(places)
    spent = int((time.monotonic() - start) * 1000)
    facts = f'<p>To: {places:,} d.p.</p>\n<p>in: {spent} ms.</p>\n<p>from: {socket.gethostname()}</p>'
    return page('Pi', f'<h1>Pi</h1>\n{facts}\n<p id="pi">{digits}</p>')


options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
if options.get('-m') == 'web':
    print('Running in web mode...', flush=True)
    serve({'GET /': answer})
else:
    print(pi(int(options.get('-dp', '6'))))
