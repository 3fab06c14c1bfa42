"""Reads docker/ without a container engine and says, in one sentence each, what would go wrong or be unsafe on a server."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

BASE_FILE = "compose.yml"
OVERLAYS = ("compose.demo.yml",)
EXAMPLE = ".env.example"
FRONT = "nginx"
FOREIGN_PROGRAMS = {"postgres": {"postgres", "pg_isready"}, "nginx": {"nginx", "wget"}}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|(^|_)KEY$")
VARIABLE = re.compile(
    r"\$\$|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?+])(?P<rest>[^}]*))?\}|\$(?P<bare>[A-Za-z_]\w*)"
)
PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$")
LOGIN_IN_URL = re.compile(r"://[^\s/:@]+:(?P<password>[^\s/@]+)@")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Build(Strict):
    context: str
    dockerfile: str


class Healthcheck(Strict):
    test: list[str] = []
    interval: str | None = None
    timeout: str | None = None
    retries: int | None = None
    start_period: str | None = None
    disable: bool = False


class Dependency(Strict):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]


class Logging(Strict):
    driver: str
    options: dict[str, str] = {}


class Service(Strict):
    """The part of the Compose specification that this project uses; anything else is a misspelling."""

    image: str
    build: Build | None = None
    user: str | None = None
    entrypoint: list[str] = []
    command: list[str] = []
    environment: dict[str, str] = {}
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None
    ports: list[str] = []
    volumes: list[str] = []
    networks: list[str] = []
    restart: Literal["no", "always", "on-failure", "unless-stopped"] | None = None
    read_only: bool = False
    tmpfs: list[str] = []
    cap_drop: list[str] = []
    security_opt: list[str] = []
    init: bool = False
    stop_grace_period: str | None = None
    stop_signal: str | None = None
    shm_size: str | None = None
    logging: Logging | None = None

    @property
    def is_once(self) -> bool:
        return self.restart == "no"

    @property
    def program(self) -> list[str]:
        return [*self.entrypoint, *self.command]


class Network(Strict):
    internal: bool = False


class Volume(Strict):
    name: str | None = None


class Project(Strict):
    name: str
    services: dict[str, Service]
    networks: dict[str, Network] = Field({})
    volumes: dict[str, Volume] = Field({})


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile."""

    line: int
    name: str
    text: str


@dataclass
class Dockerfile:
    """A Dockerfile, split into instructions."""

    path: Path
    instructions: list[Instruction] = field(default_factory=list)

    @cached_property
    def last_stage(self) -> list[Instruction]:
        starts = [index for index, one in enumerate(self.instructions) if one.name == "FROM"]
        return self.instructions[starts[-1] :] if starts else []

    def of(self, name: str) -> list[Instruction]:
        return [one for one in self.instructions if one.name == name]


def lint_compose(folder: Path) -> list[str]:
    """Every problem of the compose files, Dockerfiles and example values in a folder; empty when there is none."""
    problems: list[str] = []
    texts = read_texts(folder, problems)
    if BASE_FILE not in texts:
        return problems
    for overlay in (None, *OVERLAYS):
        merged = texts[BASE_FILE] if overlay is None else merge(texts[BASE_FILE], texts.get(overlay, {}))
        label = BASE_FILE if overlay is None else f"{BASE_FILE} with {overlay}"
        project = parse_project(merged, label, problems)
        if project is not None:
            problems += [f"{label}: {problem}" for problem in project_problems(project, folder)]
    problems += [f"{EXAMPLE}: {problem}" for problem in example_problems(folder, texts)]
    for path in sorted(folder.glob("*/Dockerfile")):
        problems += [f"{path.relative_to(folder)}: {problem}" for problem in dockerfile_problems(path, folder.parent)]
    return list(dict.fromkeys(problems))


def load_project(folder: Path, *, demo: bool = False) -> Project:
    """The services as they would be started. Raises ValidationError for what is no compose file."""
    problems: list[str] = []
    texts = read_texts(folder, problems)
    merged = merge(texts[BASE_FILE], texts[OVERLAYS[0]]) if demo else texts[BASE_FILE]
    return Project.model_validate(without_extensions(merged))


# Reading


class StrictLoader(yaml.SafeLoader):
    """PyYAML, but a key that is written twice is an error and not the last one's victory."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if not hasattr(node, "checked"):  # once: afterwards it also holds what was merged into it
            keys = [key.value for key, _ in node.value]
            for key in keys:
                if keys.count(key) > 1:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key!r} is there twice", node.start_mark
                    )
            node.checked = True  # type: ignore[attr-defined]
        super().flatten_mapping(node)


def read_texts(folder: Path, problems: list[str]) -> dict[str, dict[str, Any]]:
    texts = {}
    for name in (BASE_FILE, *OVERLAYS):
        path = folder / name
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            problems.append(f"{name}: not readable as YAML: {' '.join(str(error).split())}")
            continue
        if not isinstance(content, dict):
            problems.append(f"{name}: a mapping with 'services' was expected at the top.")
            continue
        texts[name] = content
    return texts


def without_extensions(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value or {} if key in ("networks", "volumes") else value
        for key, value in content.items()
        if not key.startswith("x-")
    }


def merge(base: Any, over: Any) -> Any:
    """Compose's own rules: mappings merge, lists are appended, except commands, which are replaced."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return [*base, *over] if isinstance(base, list) and isinstance(over, list) else over
    replaced = ("command", "entrypoint", "test")
    return base | {
        key: merge(base[key], value) if key in base and key not in replaced else value for key, value in over.items()
    }


def parse_project(content: Mapping[str, Any], label: str, problems: list[str]) -> Project | None:
    try:
        return Project.model_validate(without_extensions(content))
    except ValidationError as error:
        for item in error.errors():
            problems.append(f"{label}: {'.'.join(str(step) for step in item['loc'])}: {item['msg']}.")
        return None


# Services


def project_problems(project: Project, folder: Path) -> Iterator[str]:
    for name, service in project.services.items():
        for check in SERVICE_CHECKS:
            yield from (f"service {name} {problem}" for problem in check(service))
        yield from (f"service {name} {problem}" for problem in reference_problems(name, service, project))
        yield from (f"service {name} {problem}" for problem in file_problems(service, project, folder))
        yield from (f"service {name} {problem}" for problem in program_problems(service, folder.parent))
        yield from (f"service {name} {problem}" for problem in port_problems(name, service))


def user_problems(service: Service) -> Iterator[str]:
    user = (service.user or "").partition(":")[0]
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


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Compose's interpolation; what has neither value nor default becomes empty."""

    def replace(found: re.Match[str]) -> str:
        name = found["name"] or found["bare"]
        if name is None:
            return "$"
        default = found["rest"] or "" if found["how"] in (":-", "-") else ""
        return values.get(name) or default

    return VARIABLE.sub(replace, text)


# Programs


def program_problems(service: Service, root: Path) -> Iterator[str]:
    programs = [service.program]
    if service.healthcheck is not None and service.healthcheck.test[:1] == ["CMD"]:
        programs.append(service.healthcheck.test[1:])
    for words in programs:
        if not words:
            yield "has no command; name it, so that it is checked and seen."
        elif service.build is None:
            yield from foreign_program_problems(service, words[0])
        else:
            yield from own_program_problems(words, dockerfile_of(service, root), root)


def foreign_program_problems(service: Service, program: str) -> Iterator[str]:
    image = service.image.partition(":")[0]
    if program not in FOREIGN_PROGRAMS.get(image, set()):
        yield f"calls {program!r}, which is not known to be in the image {image!r}."


def own_program_problems(words: list[str], dockerfile: Dockerfile, root: Path) -> Iterator[str]:
    lock = lock_of(dockerfile)
    if words[0] != "python":
        locked = locked_distributions(root / lock) if lock else set()
        if distribution_of(words[0]) not in locked:
            yield f"calls {words[0]!r}, which no package of {lock or 'a lock file'} brings."
    elif words[1:2] == ["-m"]:
        module = root / "dags" / words[2].replace(".", "/")
        if not module.with_suffix(".py").is_file() and not (module / "__main__.py").is_file():
            yield f"calls the module {words[2]!r}, which does not exist."
    elif words[1].endswith(".py"):
        yield from script_problems(words[1], dockerfile, root)


def script_problems(script: str, dockerfile: Dockerfile, root: Path) -> Iterator[str]:
    inside = script.removeprefix("/app/")
    if not (root / inside).is_file():
        yield f"calls {script!r}, which is not in the repository."
    elif not any(inside.startswith(source.rstrip("/")) for source in copied_sources(dockerfile)):
        yield f"calls {script!r}, which {dockerfile.path.parent.name}/Dockerfile does not copy."


def distribution_of(program: str) -> str:
    """The package that brings a program: found among the installed ones, else assumed to have its name."""
    found = [point for point in metadata.entry_points(group="console_scripts") if point.name == program]
    owners = [point.dist.name.lower() for point in found if point.dist is not None]
    return "apache-airflow" if "apache-airflow-core" in owners else (owners or [program])[0]


def locked_distributions(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==", lock.read_text(encoding="utf-8"), re.MULTILINE))


def dockerfile_of(service: Service, root: Path) -> Dockerfile:
    return parse_dockerfile(root / (service.build.dockerfile if service.build else ""))


# Dockerfiles

INSTRUCTIONS = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip


def parse_dockerfile(path: Path) -> Dockerfile:
    """Instructions with continued lines joined and comments left out; empty when there is no such file."""
    parsed, pending, first = Dockerfile(path), "", 0
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#") or (not line.strip() and not pending):
            continue
        first = first if pending else number
        pending += line.rstrip().removesuffix("\\").strip() + " "
        if not line.rstrip().endswith("\\"):
            name, _, text = pending.strip().partition(" ")
            parsed.instructions.append(Instruction(first, name, text.strip()))
            pending = ""
    return parsed


def dockerfile_problems(path: Path, root: Path) -> Iterator[str]:
    parsed = parse_dockerfile(path)
    for one in parsed.instructions:
        if one.name not in INSTRUCTIONS:
            yield f"line {one.line}: {one.name!r} is not an instruction."
    if not parsed.instructions or parsed.instructions[0].name not in ("FROM", "ARG"):
        yield "does not begin with FROM."
    yield from stage_problems(parsed)
    yield from content_problems(parsed, root)
    yield from install_problems(parsed, root)


def stage_problems(parsed: Dockerfile) -> Iterator[str]:
    stages: set[str] = set()
    for one in parsed.instructions:
        words = one.text.split()
        if one.name == "FROM":
            if words[0] not in stages and not PINNED.match(words[0]):
                yield f"line {one.line}: the image {words[0]!r} is not pinned to a version."
            stages |= {words[2]} if len(words) == 3 and words[1].upper() == "AS" else set()
        for stage in re.findall(r"--from=(\S+)", one.text) if one.name == "COPY" else []:
            if stage not in stages:
                yield f"line {one.line}: there is no stage {stage!r} to copy from."
    users = [one.text.partition(":")[0] for one in parsed.last_stage if one.name == "USER"]
    if not users or users[-1] in ("root", "0"):
        yield "ends as root; set USER in its last stage."


def content_problems(parsed: Dockerfile, root: Path) -> Iterator[str]:
    for one in parsed.of("ADD"):
        yield f"line {one.line}: ADD may fetch and unpack; use COPY."
    for source in copied_sources(parsed):
        if not (root / source).exists():
            yield f"copies {source!r}, which is not in the repository."
    for one in [*parsed.of("ENV"), *parsed.of("ARG")]:
        for word in shlex.split(one.text):
            name, _, value = word.partition("=")
            if SECRET_NAME.search(name) and value:
                yield f"line {one.line}: the secret {name} would be kept in the image."


def install_problems(parsed: Dockerfile, root: Path) -> Iterator[str]:
    lock = lock_of(parsed)
    if lock is None:
        yield "installs from no lock file."
    elif not (root / lock).is_file():
        yield f"installs from {lock}, which does not exist."
    elif "--hash=sha256:" not in (root / lock).read_text(encoding="utf-8"):
        yield f"installs from {lock}, which has no hashes."
    for one in parsed.of("RUN"):
        if "pip install" in one.text and "--require-hashes" not in one.text:
            yield f"line {one.line}: pip installs without --require-hashes."


def copied_sources(parsed: Dockerfile) -> list[str]:
    """What is copied from the repository, not from another stage."""
    found = [one.text.split() for one in parsed.of("COPY") if "--from=" not in one.text]
    return [word for words in found for word in words[:-1] if not word.startswith("--")]


def lock_of(parsed: Dockerfile) -> str | None:
    locks = [
        source for source in copied_sources(parsed) if source.startswith("requirements") and source.endswith(".lock")
    ]
    used = [lock for lock in locks if any(lock in one.text for one in parsed.of("RUN"))]
    return used[0] if used else None


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
