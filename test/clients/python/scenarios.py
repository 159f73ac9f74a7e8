"""Runs the functions of a module whose names begin with `can_`, and prints how each went, one JSON object a line."""
import json
import sys
import traceback


def run(module):
    for name, function in list(vars(module).items()):
        if not name.startswith("can_"):
            continue
        error = None
        try:
            function()
        except Exception:
            error = traceback.format_exc()
        print(json.dumps({"name": name.removeprefix("can_").replace("_", " "), "error": error}), flush=True)


def refused(call, *args, **kwargs):
    """The Status in the exception that the call must end with."""
    from kubernetes.client.exceptions import ApiException

    try:
        call(*args, **kwargs)
    except ApiException as problem:
        return json.loads(problem.body)
    raise AssertionError("it was accepted")


def same(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def main():
    run(sys.modules["__main__"])
