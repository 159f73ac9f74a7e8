"""kiamol/ch02-whoami: says which Pod answers, as a JSON string."""
import json
import os
import socket

from web import Response, serve


def whoami(_):
    system = os.uname()
    text = f"I'm {socket.gethostname()} running on {system.sysname} {system.release} {system.version}"
    return Response(json.dumps(text), content_type='application/json; charset=utf-8')


serve({'GET /': whoami})
