"""kiamol/ch04-todo-list: a to-do list whose settings come from files, the environment and Secrets. Run in its own folder."""
import html
import os
import socket

import todo_store
from settings import get, log, read_settings
from web import Response, page, redirect, serve

menu = '<p><a href="/">Home</a> <a href="/list">List</a> <a href="/new">New</a> <a href="/diagnostics">Diagnostics</a></p>'


def read_only(settings):
    return get(settings, 'Database:ReadOnly').lower() == 'true'


def with_store(settings, work):
    name = 'ToDoDb-ReadOnly' if read_only(settings) else 'ToDoDb'
    return todo_store.with_store(get(settings, 'Database:Provider', 'Sqlite'), get(settings, f'ConnectionStrings:{name}'), read_only(settings), work)


def items(settings, path):
    log(settings, 'debug', 'ToDoList.Pages', f'GET {path} called')
    found = with_store(settings, lambda store: store.items())
    log(settings, 'debug', 'ToDoList.Pages', f'Fetched count: {len(found)} from service')
    return found


def home(_):
    return page('To-Do List', f'<h1>To-Do List</h1>\n{menu}\n<p id="count">You have {len(items(read_settings(), "/"))} items to do.</p>')


def list_items(_):
    lines = ''.join(f'<li>{html.escape(item)}</li>\n' for item in items(read_settings(), '/list'))
    return page('To-Do List', f'<h1>To-Do List</h1>\n{menu}\n<ul>\n{lines}</ul>')


def new(_):
    settings = read_settings()
    log(settings, 'debug', 'ToDoList.Pages', 'GET /new called')
    if read_only(settings):
        return page('New item', f'{menu}\n<p>*** READ ONLY MODE ***</p>')
    return page('New item', f'{menu}\n<form method="post"><input name="ToDo.Item"><button type="submit">Go!</button></form>')


def add(request):
    settings = read_settings()
    log(settings, 'debug', 'ToDoList.Pages', 'POST /new called')
    if read_only(settings):
        return Response('', 400)
    with_store(settings, lambda store: store.add(request.form.get('ToDo.Item') or request.form.get('item', '')))
    return redirect('/list')


def config(_):
    settings = read_settings()
    if get(settings, 'ConfigController:Enabled').lower() != 'true':
        log(settings, 'warning', 'ToDoList.Controllers.ConfigController', 'Attempt to view config settings')
        return Response('', 404)
    return Response(''.join(f'{name}={value}\n' for name, value in sorted(settings.items())), content_type='text/plain; charset=utf-8')


def diagnostics(_):
    system = os.uname()
    return page('Diagnostics', f'{menu}\n<p>Host: {socket.gethostname()}</p>\n<p>System: {system.sysname} {system.release}</p>')


def static(_):
    return Response('body { font-family: sans-serif }\n', content_type='text/css')


serve({
    'GET /': home, 'GET /list': list_items, 'GET /new': new, 'POST /new': add, 'GET /config': config, 'GET /diagnostics': diagnostics,
    'GET /static/site.css': static,
})
