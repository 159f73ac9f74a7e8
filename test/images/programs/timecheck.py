"""kiamol/ch07-timecheck: writes the time into a file, every few seconds, and nothing to its own output."""
import json
import os
import time
from datetime import datetime, timezone

from web import end_on_signals

log = open('/logs/timecheck.log', 'a', buffering=1, encoding='utf-8')
end_on_signals()


def settings():
    with open('/config/appsettings.json', encoding='utf-8') as file:
        found = {f'{group}__{name}': value for group, values in json.load(file).items() for name, value in values.items()}
    return {name: os.environ.get(name, value) for name, value in found.items()}


values = settings()
while True:
    now = datetime.now(timezone.utc)
    stamp = f'{now:%Y-%m-%d %H:%M:%S}.{now.microsecond // 1000:03}'
    message = f'Environment: {values["Application__Environment"]}; version: {values["Application__Version"]}; time check: {now:%H:%M.%S}'
    log.write(f'{stamp} +00:00 [INF] {message}\n')
    time.sleep(float(values['Timer__IntervalSeconds']))
