"""Debian's Python client with real containers: the Pod `streams` prints what it is sent, and serves a page on port 80."""
from kubernetes import client, config, watch
from kubernetes.stream import portforward, stream

from scenarios import main, refused, same

config.load_kube_config()
core = client.CoreV1Api()
POD = ("streams", "default")


def run(*command, **options):
    return stream(core.connect_get_namespaced_pod_exec, *POD, command=list(command), stdout=True, stderr=True, stdin=False, tty=False, **options)


def can_run_a_command():
    same(run("echo", "hello", "there"), "hello there\n")


def can_keep_outputs_apart_and_learn_the_exit_code():
    running = run("sh", "-c", "echo out; echo err >&2; exit 7", _preload_content=False)
    running.run_forever(timeout=30)
    same((running.read_stdout(), running.read_stderr(), running.returncode), ("out\n", "err\n", 7))


def can_send_input():
    running = stream(core.connect_get_namespaced_pod_exec, *POD, command=["head", "-n", "1"], stdout=True, stderr=True, stdin=True, tty=False, _preload_content=False)
    running.write_stdin("hello\nthere\n")
    same(running.readline_stdout(timeout=30), "hello")
    running.close()


def can_have_a_terminal():
    running = stream(core.connect_get_namespaced_pod_exec, *POD, command=["tty"], stdout=True, stderr=False, stdin=True, tty=True, _preload_content=False)
    assert running.readline_stdout(timeout=30).startswith("/dev/pts/")
    running.close()


def can_attach():
    running = stream(core.connect_get_namespaced_pod_attach, *POD, stdout=True, stderr=False, stdin=True, tty=False, _preload_content=False)
    running.write_stdin("python\n")
    same(running.readline_stdout(timeout=30), "got python")
    running.close()


def can_read_and_follow_the_log():
    assert core.read_namespaced_pod_log(*POD).startswith("started\n")
    for line in watch.Watch().stream(core.read_namespaced_pod_log, *POD):
        if line == "got python":
            break
    same(core.read_namespaced_pod_log(*POD, tail_lines=1), "got python\n")


def can_forward_a_port():
    forward = portforward(core.connect_get_namespaced_pod_portforward, *POD, ports="80")
    http = forward.socket(80)
    http.setblocking(True)
    http.sendall(b"GET / HTTP/1.0\r\nHost: streams\r\n\r\n")
    answer = b""
    while more := http.recv(4096):
        answer += more
    http.close()
    assert answer.endswith(b"\r\n\r\nserved\n"), answer
    same(forward.error(80), None)


def can_evict_it():
    body = client.V1Eviction(metadata=client.V1ObjectMeta(name="streams", namespace="default"))
    core.create_namespaced_pod_eviction(*POD, body)
    for event in watch.Watch().stream(core.list_namespaced_pod, "default", field_selector="metadata.name=streams", timeout_seconds=60):
        if event["type"] == "DELETED":
            break
    same(refused(core.read_namespaced_pod, *POD)["code"], 404)


if __name__ == "__main__":
    main()
