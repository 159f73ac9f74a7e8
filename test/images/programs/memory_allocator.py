"""kiamol/ch12-memory-allocator: takes more memory at each interval, and says how much it has."""
import os
import signal
import time

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # process 1 ignores a signal that it has not asked for
step = int(os.environ.get('KIAMOL_ALLOCATION', '10'))
interval = float(os.environ.get('KIAMOL_INTERVAL', '5'))
kept = []
while True:
    kept.append(os.urandom(step << 20))  # written to, so that it is memory and not a promise
    print(f'Allocated ~{len(kept) * step}MiB', flush=True)
    time.sleep(interval)
