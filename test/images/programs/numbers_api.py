"""kiamol/ch03-numbers-api: random numbers; with FailAfterCallCount set, that call is the last before it is unhealthy until it is reset."""
import json
import os
import random

from web import Response, serve

fail_after = int(os.environ.get('FailAfterCallCount', '0'))
calls = 0
healthy = True


def message(text):
    return Response(json.dumps({'message': text}, separators=(',', ':')), 500, 'application/json; charset=utf-8')


def rng(_):
    global calls, healthy
    if not healthy:
        return message('Unhealthy!')
    calls += 1
    if 0 < fail_after <= calls:
        healthy = False
    return Response(str(random.randrange(100)), content_type='application/json; charset=utf-8')


def healthz(_):
    return Response('Ok', content_type='text/plain') if healthy else message('Unhealthy')


def reset(_):
    """The calls made so far still count: the next one is the last again."""
    global healthy
    healthy = True
    return Response('Ok', content_type='text/plain')


serve({'GET /rng': rng, 'GET /sixeyed/kiamol/master/ch03/numbers/rng': rng, 'GET /healthz': healthz, 'GET /reset': reset})
