"""kiamol/ch03-numbers-api: random numbers; fails for good after FailAfterCallCount calls, when that is set."""
import os
import random

from web import Response, serve

fail_after = int(os.environ.get('FailAfterCallCount', '0'))
calls = 0
healthy = True


def rng(_):
    global calls, healthy
    calls += 1
    if fail_after > 0 and calls > fail_after:
        healthy = False
    if not healthy:
        return Response('Broken', 500, 'text/plain')
    return Response(str(random.randrange(100)), content_type='application/json; charset=utf-8')


def healthz(_):
    return Response('Ok', content_type='text/plain') if healthy else Response('Unhealthy', 500, 'text/plain')


def reset(_):
    global calls, healthy
    calls, healthy = 0, True
    return Response('Ok', content_type='text/plain')


serve({'GET /rng': rng, 'GET /sixeyed/kiamol/master/ch03/numbers/rng': rng, 'GET /healthz': healthz, 'GET /reset': reset})
