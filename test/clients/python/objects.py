"""Debian's Python client against a control plane: objects, patches, apply, custom resources, watches."""
import json
import threading

from kubernetes import client, config, dynamic, utils, watch

from scenarios import main, refused, same

config.load_kube_config()
core = client.CoreV1Api()
apps = client.AppsV1Api()


def config_map(name, labels=None, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data)


def deployment(name):
    containers = [client.V1Container(name="web", image="nginx"), client.V1Container(name="side", image="side")]
    template = client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels={"app": name}), spec=client.V1PodSpec(containers=containers))
    spec = client.V1DeploymentSpec(replicas=0, selector=client.V1LabelSelector(match_labels={"app": name}), template=template)
    return client.V1Deployment(metadata=client.V1ObjectMeta(name=name), spec=spec)


def can_create_read_replace_list_and_delete():
    for name in ["a", "b", "c"]:
        core.create_namespaced_config_map("default", config_map(name, {"set": "pages"}, key=name))
    read = core.read_namespaced_config_map("a", "default")
    assert read.metadata.creation_timestamp.tzinfo is not None
    stale = core.read_namespaced_config_map("a", "default")
    read.data = {"key": "A"}
    same(core.replace_namespaced_config_map("a", "default", read).data, {"key": "A"})
    same(refused(core.replace_namespaced_config_map, "a", "default", stale)["reason"], "Conflict")
    names, token = [], None
    while token != "":
        page = core.list_namespaced_config_map("default", label_selector="set=pages", limit=2, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue or ""
    same(names, ["a", "b", "c"])
    core.delete_collection_namespaced_config_map("default", label_selector="set=pages")
    same(refused(core.read_namespaced_config_map, "b", "default")["message"], 'configmaps "b" not found')


def can_patch_by_merge_lists_and_json():
    apps.create_namespaced_deployment("default", deployment("patched"))
    side = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:2"}]}}}}
    patched = apps.patch_namespaced_deployment("patched", "default", side)  # a dict goes as a strategic merge patch
    same({c.name: c.image for c in patched.spec.template.spec.containers}, {"web": "nginx", "side": "side:2"})
    operations = [{"op": "test", "path": "/spec/replicas", "value": 0}, {"op": "add", "path": "/metadata/labels", "value": {"by": "json"}}]
    same(apps.patch_namespaced_deployment("patched", "default", operations).metadata.labels, {"by": "json"})


def can_scale_and_is_told_what_is_wrong():
    apps.create_namespaced_deployment("default", deployment("scaled"))
    apps.patch_namespaced_deployment_scale("scaled", "default", {"spec": {"replicas": 2}})
    same(apps.read_namespaced_deployment_scale("scaled", "default").spec.replicas, 2)
    same(refused(core.create_namespaced_config_map, "default", config_map("Wrong_name"))["reason"], "Invalid")
    core.create_namespaced_config_map("default", config_map("dry"), dry_run="All")
    same(refused(core.read_namespaced_config_map, "dry", "default")["code"], 404)


def can_apply_through_the_dynamic_client():
    maps = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")

    def apply(manager, data):  # this version of the client sends apply patches only as text
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": data}
        return maps.server_side_apply(body=json.dumps(body), name="applied", namespace="default", field_manager=manager).to_dict()["data"]

    same(apply("python", {"a": "1", "b": "2"}), {"a": "1", "b": "2"})
    same(apply("python", {"a": "3"}), {"a": "3"})
    try:
        apply("other", {"a": "4"})
    except dynamic.exceptions.ConflictError as conflict:
        same(json.loads(conflict.body)["details"]["causes"][0]["message"], 'conflict with "python"')
    else:
        raise AssertionError("it was accepted")


def can_define_a_kind_and_use_it():
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"teeth": {"type": "integer", "minimum": 3}}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gears.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"plural": "gears", "kind": "Gear"}, "versions": [version]},
    }
    definitions = client.ApiextensionsV1Api()
    definitions.create_custom_resource_definition(crd)
    for event in watch.Watch().stream(definitions.list_custom_resource_definition, timeout_seconds=20):
        conditions = event["object"].status.conditions if event["object"].status else None
        if any(c.type == "Established" and c.status == "True" for c in conditions or []):
            break
    custom = client.CustomObjectsApi()
    where = ("example.com", "v1", "default", "gears")
    gear = {"apiVersion": "example.com/v1", "kind": "Gear", "metadata": {"name": "big"}, "spec": {"teeth": 12, "unknown": 1}}
    same(custom.create_namespaced_custom_object(*where, gear)["spec"], {"teeth": 12})
    wrong = refused(custom.create_namespaced_custom_object, *where, gear | {"metadata": {"name": "small"}, "spec": {"teeth": 2}})
    same(wrong["details"]["causes"][0]["field"], "spec.teeth")
    same(custom.patch_namespaced_custom_object(*where, "big", {"spec": {"teeth": 14}})["spec"], {"teeth": 14})
    same(len(custom.list_namespaced_custom_object(*where)["items"]), 1)
    kinds = dynamic.DynamicClient(client.ApiClient()).resources
    same(kinds.get(api_version="example.com/v1", kind="Gear").get(name="big", namespace="default").spec.teeth, 14)
    custom.delete_namespaced_custom_object(*where, "big")
    definitions.delete_custom_resource_definition("gears.example.com")


def can_watch_and_resume():
    def change():
        core.create_namespaced_config_map("default", config_map("seen", {"watched": "yes"}))
        core.patch_namespaced_config_map("seen", "default", {"data": {"a": "1"}})
        core.delete_namespaced_config_map("seen", "default")

    start = core.list_namespaced_config_map("default").metadata.resource_version
    thread = threading.Thread(target=change)
    thread.start()
    seen, watching = [], watch.Watch()
    for event in watching.stream(core.list_namespaced_config_map, "default", label_selector="watched=yes", resource_version=start, timeout_seconds=20):
        seen.append(event["type"])
        if len(seen) == 2:
            break
    thread.join()
    for event in watching.stream(core.list_namespaced_config_map, "default", label_selector="watched=yes", resource_version=event["object"].metadata.resource_version, timeout_seconds=20):
        seen.append(event["type"])
        break
    same(seen, ["ADDED", "MODIFIED", "DELETED"])


def can_end_a_watch_by_its_timeout():
    events = list(watch.Watch().stream(core.list_namespace, timeout_seconds=1))
    assert "default" in [event["object"].metadata.name for event in events]


def can_create_from_yaml_read_events_and_discover():
    utils.create_from_dict(client.ApiClient(), {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "from-yaml"}})
    core.create_namespaced_event("default", client.CoreV1Event(metadata=client.V1ObjectMeta(name="told"), involved_object=client.V1ObjectReference(kind="Pod", name="p", namespace="default"), reason="Testing", message="hello", type="Normal"))
    same([event.message for event in core.list_namespaced_event("default", field_selector="involvedObject.name=p,reason=Testing").items], ["hello"])
    groups = {group.name for group in client.ApisApi().get_api_versions().groups}
    assert {"apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io"} <= groups, groups
    same(client.VersionApi().get_code().major, "1")


if __name__ == "__main__":
    main()
