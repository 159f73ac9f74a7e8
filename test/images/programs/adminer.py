"""adminer: a page to log in to a database, which then lists its tables. Started as PHP's own server is: php -S ADDRESS:PORT -t FOLDER."""
import html
import os
import sys

from postgres import Connection, PostgresError
from web import page, serve

server = os.environ.get('ADMINER_DEFAULT_SERVER', 'db')
design = os.environ.get('ADMINER_DESIGN', '')
style = f'@import url("designs/{design}/adminer.css");' if design else ''
fields = [('server', 'text', server), ('username', 'text', ''), ('password', 'password', ''), ('db', 'text', '')]


def form(_):
    rows = ''.join(f'<input type="{kind}" name="auth[{name}]" value="{html.escape(value)}" title="{name}">\n' for name, kind, value in fields)
    return page('Login - Adminer', f'<h2>Login</h2>\n<form method="post">\n{rows}<input type="submit" value="Login">\n</form>', style)


def log_in(request):
    host, user, password, database = (request.form.get(f'auth[{name}]', value) for name, _, value in fields)
    try:
        connection = Connection(host, database or 'postgres', user, password)
        tables = connection.run("SELECT schemaname || '.' || tablename FROM pg_tables ORDER BY 1")
        connection.close()
    except (OSError, PostgresError) as error:
        return page('Login - Adminer', f'<p class="error">{html.escape(str(error))}</p>', style)
    lines = ''.join(f'<li>{html.escape(name)}</li>\n' for (name,) in tables)
    return page(f'{host} - Adminer', f'<h2>PostgreSQL: {html.escape(host)}</h2>\n<ul>\n{lines}</ul>', style)


options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
serve({'GET /': form, 'POST /': log_in}, int(options['-S'].rpartition(':')[2]))
