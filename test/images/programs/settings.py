"""Settings from JSON files and the environment, later sources before earlier ones; read anew for each request, so edits count at once."""
import json
import os

_before_environment = ['appsettings.json']
_after_environment = ['config/logging.json', 'config/config.json', 'secrets/secrets.json']
_levels = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none']
_short = {'debug': 'dbug', 'information': 'info', 'warning': 'warn', 'error': 'fail'}


def _flatten(value, prefix, into):
    if isinstance(value, dict):
        for name, child in value.items():
            _flatten(child, f'{prefix}:{name}' if prefix else name, into)
    else:
        into[prefix] = str(value)


def read_settings():
    """All settings by full name, such as 'Logging:LogLevel:Default'; names differ by more than case."""
    found = {}
    for name in _before_environment:
        _read(name, found)
    for name, value in os.environ.items():
        found[name.replace('__', ':')] = value
    for name in _after_environment:
        _read(name, found)
    return found


def _read(name, into):
    try:
        with open(name, encoding='utf-8') as file:
            _flatten(json.load(file), '', into)
    except FileNotFoundError:
        pass
    except ValueError as error:
        print(f'fail: {name} is not JSON: {error}', flush=True)


def get(settings, name, default=''):
    wanted = name.lower()
    return next((value for key, value in reversed(settings.items()) if key.lower() == wanted), default)


def log(settings, level, category, message):
    """Writes the message if the level set for the category, or for what it is part of, lets it through."""
    parts = category.split('.')
    names = ['.'.join(parts[:length]) for length in range(len(parts), 0, -1)] + ['Default']
    least = next((value for value in (get(settings, f'Logging:LogLevel:{name}') for name in names) if value), 'Information')
    if _levels.index(level) >= _levels.index(least.lower()):
        print(f'{_short[level]}: {category}[0]\n      {message}', flush=True)
