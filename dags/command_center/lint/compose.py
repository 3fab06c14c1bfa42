"""The project's rules for docker/: in one sentence each, what would go wrong or be unsafe on a server."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from command_center.errors import DeclarationError
from command_center.lint.containers import (
    BASE_FILE,
    OVERLAYS,
    VARIABLE,
    Build,
    Dockerfile,
    Project,
    Service,
    interpolate,
    merge,
    read_compose,
    schema_problems,
)

Images = dict[tuple[str, str], dict[str, Path]]  # by Dockerfile and target: what one holds, looked for once
EXAMPLE = ".env.example"
FRONT = "nginx"
FOREIGN_PROGRAMS = {
    "postgres": {"postgres", "pg_isready", "sh"},
    "nginx": {"nginx", "wget"},
    "valkey/valkey": {"sh", "valkey-server", "valkey-cli"},
}
INSTRUCTIONS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip
RESTARTS = ("no", "always", "on-failure", "unless-stopped")
SECRET_NAME = re.compile(r"PASSWORD|SECRET(?!S__BACKEND)|TOKEN|(^|_)KEY$")  # Airflow's backend says where, not what
PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$")
LOGIN_IN_URL = re.compile(r"://[^\s/:@]+:(?P<password>[^\s/@]+)@")


def lint_compose(folder: Path) -> list[str]:
    """Every problem of the compose files, Dockerfiles and example values in a folder; empty when there is none."""
    problems: list[str] = []
    contents: dict[str, dict[str, Any]] = {}
    for name in (BASE_FILE, *OVERLAYS):
        try:
            contents[name] = read_compose(folder / name)
        except DeclarationError as error:
            problems.append(f"{name}: {error}")
            continue
        problems += [f"{name}: {problem}" for problem in schema_problems(contents[name])]
    if problems:
        return problems
    base = contents[BASE_FILE]
    images: Images = {}
    problems += [f"{BASE_FILE}: {problem}" for problem in project_problems(base, folder, images)]
    for overlay in OVERLAYS:
        merged = merge(base, contents[overlay])
        problems += [f"{BASE_FILE} with {overlay}: {problem}" for problem in project_problems(merged, folder, images)]
    problems += [f"{EXAMPLE}: {problem}" for problem in example_problems(folder, contents)]
    for path in sorted(folder.glob("*/Dockerfile")):
        problems += [f"{path.relative_to(folder)}: {problem}" for problem in dockerfile_problems(path, folder.parent)]
    return list(dict.fromkeys(problems))


# Services


def project_problems(content: Mapping[str, Any], folder: Path, images: Images) -> Iterator[str]:
    try:
        project = Project.model_validate(content)
    except ValidationError as error:
        for item in error.errors():
            yield f"{'.'.join(str(step) for step in item['loc'])}: {item['msg']}."
        return
    for name, service in project.services.items():
        for check in SERVICE_CHECKS:
            yield from (f"service {name} {problem}" for problem in check(service))
        yield from (f"service {name} {problem}" for problem in reference_problems(name, service, project))
        yield from (f"service {name} {problem}" for problem in file_problems(service, project, folder))
        yield from (f"service {name} {problem}" for problem in program_problems(service, folder.parent, images))
        yield from (f"service {name} {problem}" for problem in port_problems(name, service))


def user_problems(service: Service) -> Iterator[str]:
    user = service.user.partition(":")[0]
    if user in ("", "0", "root"):
        yield "runs as root; give it a 'user'."


def hardening_problems(service: Service) -> Iterator[str]:
    if not service.read_only:
        yield "may write to its image; set 'read_only: true' and give it volumes or tmpfs."
    if service.cap_drop != ["ALL"]:
        yield "keeps capabilities; set 'cap_drop: [ALL]'."
    if "no-new-privileges:true" not in service.security_opt:
        yield "may gain privileges; set 'security_opt: [no-new-privileges:true]'."
    if service.restart is None:
        yield "has no restart policy."
    elif service.restart not in RESTARTS:
        yield f"has the restart policy {service.restart!r}; there are {', '.join(RESTARTS)}."
    if not service.networks:
        yield "is on the default network; name its networks."


def health_problems(service: Service) -> Iterator[str]:
    health = service.healthcheck
    if service.is_once:
        if health is None or not health.disable:
            yield "ends by itself (restart: no), so its exit code is its health: set 'healthcheck: {disable: true}'."
    elif health is None or health.disable or not health.test:
        yield "has no healthcheck."
    elif health.test[0] not in ("CMD", "CMD-SHELL") or not (health.interval and health.timeout and health.retries):
        yield "needs a healthcheck with 'test: [CMD, ...]', interval, timeout and retries."


def image_problems(service: Service) -> Iterator[str]:
    if not PINNED.match(service.image):
        yield f"uses the image {service.image!r}, whose version is not pinned (name:1.2...)."


def secret_problems(service: Service) -> Iterator[str]:
    for variable, value in service.environment.items():
        if SECRET_NAME.search(variable) and not is_reference(value):
            yield f"has a secret written into {variable}; take it from the environment: ${{NAME:?message}}."
        for login in LOGIN_IN_URL.finditer(value):
            if not is_reference(login["password"]):
                yield f"has a password written into the address in {variable}."
    for text in service_texts(service):
        yield from variable_problems(text)


def is_reference(value: str) -> bool:
    """Whether a secret is taken from the environment: required, or empty when it is not set."""
    found = VARIABLE.fullmatch(value)
    return found is not None and (found["how"] == ":?" or (found["how"] == ":-" and found["rest"] == ""))


def variable_problems(text: str) -> Iterator[str]:
    for found in VARIABLE.finditer(text):
        name = found["name"] or found["bare"]
        if name is None:
            continue
        if found["how"] not in (":?", ":-") or (found["how"] == ":?" and not found["rest"]):
            yield f"uses ${name} in a way that is silently empty when unset; write ${{{name}:?message}} or ${{{name}:-value}}."
        if SECRET_NAME.search(name) and found["how"] == ":-" and found["rest"]:
            yield f"gives the secret {name} a default; a secret has none."


def service_texts(service: Service) -> list[str]:
    return [*service.environment.values(), *service.ports, *service.volumes, *service.program, service.image]


SERVICE_CHECKS: list[Callable[[Service], Iterator[str]]] = [
    user_problems,
    hardening_problems,
    health_problems,
    image_problems,
    secret_problems,
]


def reference_problems(name: str, service: Service, project: Project) -> Iterator[str]:
    for other, dependency in service.depends_on.items():
        target = project.services.get(other)
        if target is None:
            yield f"depends on {other!r}, which does not exist."
        elif target.profiles and not service.profiles:
            yield f"depends on {other!r}, which is only there with the profile {target.profiles[0]!r}."
        elif target.is_once != (dependency.condition == "service_completed_successfully"):
            yield f"waits for {other} to be {dependency.condition!r}, which never comes: see its restart policy."
    for network in service.networks:
        if network not in project.networks:
            yield f"is on the network {network!r}, which is not declared."
    if service.is_once and not any(name in one.depends_on for one in project.services.values()):
        yield "ends by itself, but nobody waits for it."


def port_problems(name: str, service: Service) -> Iterator[str]:
    if service.ports and name != FRONT:
        yield f"publishes a port; only {FRONT} may."
    for port in service.ports:
        if not re.match(r"127\.0\.0\.1:", interpolate(port, {})):
            yield f"publishes {port!r} beyond this machine by default; start it with ${{NAME:-127.0.0.1}}."


def file_problems(service: Service, project: Project, folder: Path) -> Iterator[str]:
    if service.build is not None:
        context = (folder / service.build.context).resolve()
        if not (context / service.build.dockerfile).is_file():
            yield f"is built from {service.build.dockerfile!r}, which does not exist."
    for volume in service.volumes:
        source, _, target = interpolate(volume, {}).partition(":")
        if source.startswith((".", "/")):
            if not (folder / source).exists():
                yield f"mounts {source!r}, which does not exist."
            if not target.endswith(":ro"):
                yield f"may write to {source!r} of the server; mount it with ':ro'."
        elif source not in project.volumes:
            yield f"mounts the volume {source!r}, which is not declared."


# Programs


def program_problems(service: Service, root: Path, images: Images) -> Iterator[str]:
    programs = [service.program]
    if service.healthcheck is not None and service.healthcheck.test[:1] == ["CMD"]:
        programs.append(service.healthcheck.test[1:])
    for words in programs:
        if not words:
            yield "has no command; name it, so that it is checked and seen."
        elif service.build is None:
            yield from foreign_program_problems(service, words[0])
        else:
            yield from own_program_problems(words, service.build, root, images)


def foreign_program_problems(service: Service, program: str) -> Iterator[str]:
    image = service.image.partition(":")[0]
    if program not in FOREIGN_PROGRAMS.get(image, set()):
        yield f"calls {program!r}, which is not known to be in the image {image!r}."


def own_program_problems(words: list[str], build: Build, root: Path, images: Images) -> Iterator[str]:
    dockerfile = Dockerfile(root / build.dockerfile)
    if (build.dockerfile, build.target) not in images:
        images[build.dockerfile, build.target] = dockerfile.files(root, build.target)
    held = images[build.dockerfile, build.target]
    image = f"the image of {dockerfile.path.parent.name}/Dockerfile{f', target {build.target}' if build.target else ''}"
    if words[0] != "python":
        lock = dockerfile.lock(build.target)
        locked = locked_distributions(root / lock) if lock else set()
        if distribution_of(words[0]) not in locked:
            yield f"calls {words[0]!r}, which no package of {lock or 'a lock file'} brings."
    elif words[1:2] == ["-m"]:
        place = f"/app/dags/{words[2].replace('.', '/')}"
        if not {f"{place}.py", f"{place}/__main__.py"} & held.keys():
            yield f"calls the module {words[2]!r}, which {image} does not hold."
    elif words[1].endswith(".py") and words[1] not in held:
        yield f"calls {words[1]!r}, which {image} does not hold."


@functools.cache
def distribution_of(program: str) -> str:
    """The package that brings a program: found among the installed ones, else assumed to have its name."""
    found = [point for point in metadata.entry_points(group="console_scripts") if point.name == program]
    owners = [point.dist.name.lower() for point in found if point.dist is not None]
    return "apache-airflow" if "apache-airflow-core" in owners else (owners or [program])[0]


def locked_distributions(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==", lock.read_text(encoding="utf-8"), re.MULTILINE))


# Dockerfiles


def dockerfile_problems(path: Path, root: Path) -> Iterator[str]:
    parsed = Dockerfile(path)
    for one in parsed.instructions:
        if one.name not in INSTRUCTIONS:
            yield f"line {one.line}: {one.name!r} is not an instruction."
    if not parsed.instructions or parsed.instructions[0].name not in ("FROM", "ARG"):
        yield "does not begin with FROM."
    yield from stage_problems(parsed)
    yield from content_problems(parsed, root)
    yield from install_problems(parsed, root)


def stage_problems(parsed: Dockerfile) -> Iterator[str]:
    known: set[str] = set()
    for stage in parsed.stages:
        line = stage.instructions[0].line
        if stage.base not in known and not PINNED.match(stage.base):
            yield f"line {line}: the image {stage.base!r} is not pinned to a version."
        for name in stage.copied_stages:
            if name not in known:
                yield f"line {line} and below: there is no stage {name!r} to copy from."
        known.add(stage.name)
    used = {stage.base for stage in parsed.stages} | {name for stage in parsed.stages for name in stage.copied_stages}
    for stage in parsed.stages:
        users = [one.text.partition(":")[0] for part in parsed.built(stage.name) for one in part.of("USER")]
        if stage.name not in used and (not users or users[-1] in ("root", "0")):
            yield f"ends as root; set USER in the stage of line {stage.instructions[0].line}."


def content_problems(parsed: Dockerfile, root: Path) -> Iterator[str]:
    for one in parsed.instructions:
        if one.name == "ADD":
            yield f"line {one.line}: ADD may fetch and unpack; use COPY."
        for word in shlex.split(one.text) if one.name in ("ENV", "ARG") else []:
            name, _, value = word.partition("=")
            if SECRET_NAME.search(name) and value:
                yield f"line {one.line}: the secret {name} would be kept in the image."
    for source in (source for stage in parsed.stages for sources, _ in stage.copies for source in sources):
        if not any(root.glob(source)):
            yield f"copies {source!r}, which is not in the repository."


def install_problems(parsed: Dockerfile, root: Path) -> Iterator[str]:
    used = {name for stage in parsed.stages for name in (stage.base, *stage.copied_stages)}
    for stage in parsed.stages:
        if stage.name in used:
            continue
        lock = parsed.lock(stage.name)
        if lock is None:
            yield "installs from no lock file."
        elif not (root / lock).is_file():
            yield f"installs from {lock}, which does not exist."
        elif "--hash=sha256:" not in (root / lock).read_text(encoding="utf-8"):
            yield f"installs from {lock}, which has no hashes."
    for one in parsed.instructions:
        if one.name == "RUN" and "pip install" in one.text and "--require-hashes" not in one.text:
            yield f"line {one.line}: pip installs without --require-hashes."


# Example values


def example_problems(folder: Path, texts: Mapping[str, Any]) -> Iterator[str]:
    path = folder / EXAMPLE
    if not path.is_file():
        yield "is missing; it documents every value."
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [found.groups() for line in lines if (found := re.match(r"#?([A-Z][A-Z0-9_]*)=(.*)$", line))]
    documented = {name for name, _ in pairs}
    used = {name for text in texts.values() for name in variables_of(text)}
    if any("profiles" in service for text in texts.values() for service in text.get("services", {}).values()):
        used.add("COMPOSE_PROFILES")  # which compose itself reads
    yield from (f"{name} is used by the compose files but not documented." for name in sorted(used - documented))
    yield from (f"{name} is documented but no compose file uses it." for name in sorted(documented - used))
    yield from (f"{name} must have no value here." for name, value in pairs if SECRET_NAME.search(name) and value)


def variables_of(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from variables_of(item)
    elif isinstance(content, str):
        yield from (found["name"] or found["bare"] for found in VARIABLE.finditer(content) if found.group() != "$$")
